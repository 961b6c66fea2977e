/**
 * Keeps answers current without polling: one watch for all questions, and a change asks again only those whose patterns
 * match it. Changes within a frame are one; an older answer never replaces a newer one; a slow question holds up
 * neither the others nor its own next answer. Knows nothing of panels or the DOM.
 */
import type { WatchEvent } from '../../kernel/protocol/files.ts';
import { matcher } from '../../kernel/protocol/paths.ts';
import type { Watch } from './handle.ts';

export type Question<T> = { patterns: readonly string[]; ask: () => Promise<T>; answer: (value: T) => void };

/** Runs a task once, soon. It cannot be called off: the task looks for itself whether it is still wanted. */
export type Soon = (task: () => void) => void;

const MOST_AT_ONCE = 2;
const FRAME_MS = 50;

/** At the next frame, or after 50 ms where frames are not drawn. */
export const nextFrame: Soon = (task) => {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    task();
  };
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(once);
  setTimeout(once, FRAME_MS);
};

export const startLive = <T>(watch: Watch, questions: readonly Question<T>[], soon: Soon = nextFrame): (() => void) => {
  let stopped = false;
  let waiting = false;
  const states = questions.map((question) => ({
    ...question,
    matches: matcher(question.patterns),
    due: true,
    asked: 0,
    answered: 0,
    open: 0,
  }));
  type State = (typeof states)[number];

  const ask = async (state: State): Promise<void> => {
    state.due = false;
    state.open++;
    const turn = ++state.asked;
    try {
      const value = await state.ask();
      if (!stopped && turn > state.answered) {
        state.answered = turn;
        state.answer(value);
      }
    } finally {
      state.open--;
      if (state.due && !stopped) void ask(state);
    }
  };

  const askDue = (): void => {
    waiting = false;
    if (stopped) return;
    for (const state of states) if (state.due && state.open < MOST_AT_ONCE) void ask(state);
  };

  const touched =
    (event: WatchEvent | 'placed') =>
    (state: State): boolean =>
      event === 'placed' || state.matches(event.path) || (event.from !== undefined && state.matches(event.from));

  const patterns = [...new Set(questions.flatMap((question) => question.patterns))];
  // The watch comes first: a change while the first answer is being read asks again.
  const unwatch = watch(patterns, (event) => {
    if (stopped) return;
    const due = states.filter(touched(event));
    for (const state of due) state.due = true;
    if (due.length === 0 || waiting) return;
    waiting = true;
    soon(askDue);
  });
  askDue();

  return () => {
    stopped = true;
    unwatch();
  };
};
