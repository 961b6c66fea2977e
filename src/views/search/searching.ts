/**
 * One search at a time: a new question takes the place of the one under way, whose answer is then dropped; `stop` drops
 * it without another. The answer before stays in sight while the next is awaited. It draws nothing.
 */
import { batch, createSignal, type Accessor } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { Hit } from '../../../kernel/protocol/files.ts';
import type { Stub } from '../../../kernel/protocol/stub.ts';
import type { Args } from '../../../kernel/protocol/syscalls.ts';
import { markerFor, type Marker } from './highlight.ts';

export type Answer = { hits: readonly Hit[]; total: number; marker: Marker };

export type Searching = {
  answer: Accessor<Answer | undefined>;
  error: Accessor<SysError | undefined>;
  /** An answer is awaited. */
  busy: Accessor<boolean>;
  /** The last question was given up. */
  stopped: Accessor<boolean>;
  ask: (args: Args<'search'> | undefined) => Promise<void>;
  stop: () => void;
};

export const createSearching = (stub: Pick<Stub, 'search'>): Searching => {
  const [answer, setAnswer] = createSignal<Answer>();
  const [error, setError] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);
  const [stopped, setStopped] = createSignal(false);
  let question = 0;

  const ask = async (args: Args<'search'> | undefined): Promise<void> => {
    const mine = ++question;
    setStopped(false);
    if (args === undefined) {
      batch(() => {
        setAnswer(undefined);
        setError(undefined);
        setBusy(false);
      });
      return;
    }
    setBusy(true);
    const { query, ...options } = args;
    const [found, marker] = await Promise.all([stub.search(query, options), markerFor(query, args.mode ?? 'text')]);
    if (mine !== question) return;
    batch(() => {
      setBusy(false);
      setError(found.ok ? undefined : found.error);
      setAnswer(found.ok ? { ...found.value, marker } : undefined);
    });
  };
  const stop = (): void => {
    question += 1;
    batch(() => {
      setBusy(false);
      setStopped(true);
    });
  };
  return { answer, error, busy, stopped, ask, stop };
};
