/** The time, as a signal that ticks: for "in 41 min" and running watches. Milliseconds since 1970. */
import { createSignal, onCleanup, type Accessor } from 'solid-js';

export const createNow = (every = 15_000): Accessor<number> => {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), every);
  onCleanup(() => clearInterval(timer));
  return now;
};
