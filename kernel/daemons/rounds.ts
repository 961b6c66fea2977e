/**
 * Rounds: the one way a daemon works. `wake` asks for a round after a pause, however often it is called; rounds never
 * overlap, and one that was asked for while another goes on comes after it. A round that breaks is tried again later, so
 * work must be such that doing it twice changes nothing.
 */
import type { Timer } from './daemon.ts';

export type Rounds = { wake: (ms: number) => void; stop: () => void };

export const RETRY_MS = 30_000;

export const createRounds = (work: () => Promise<void>, setTimer: Timer, report: (cause: unknown) => void): Rounds => {
  let due: { at: number; cancel: () => void } | undefined;
  let going = false;
  let again: number | undefined;
  let stopped = false;

  const round = async (): Promise<void> => {
    due = undefined;
    going = true;
    try {
      await work();
    } catch (cause) {
      again = Math.min(again ?? RETRY_MS, RETRY_MS);
      if (!stopped) report(cause);
    }
    going = false;
    if (again !== undefined) wake(again);
  };

  const wake = (ms: number): void => {
    if (stopped) return;
    if (going) {
      again = Math.min(again ?? ms, ms);
      return;
    }
    again = undefined;
    // The sooner of two wishes stands.
    if (due && due.at <= ms) return;
    due?.cancel();
    due = { at: ms, cancel: setTimer(() => void round(), ms) };
  };

  return {
    wake,
    stop: () => {
      stopped = true;
      due?.cancel();
    },
  };
};
