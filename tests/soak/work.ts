// The mixed work of a soak and the model that the runner keeps of it. The working set is bounded: so many files, each at
// most so long and edited so often before it is made anew, so that memory that grows is not data.
import type { Change } from '../../kernel/protocol/files.ts';

/** One call for the page to make; `changes` of a put over a file get their base there. */
export type Order =
  | { t: 'write'; kind: string; changes: Change[] }
  | { t: 'read' | 'history' | 'former' | 'blame'; path: string }
  | { t: 'search'; query: string };

export type Done = { kind: string; ms: number; error?: string };

export interface Work {
  /** The next orders; the model counts each as done. */
  batch(count: number): Order[];
  /** What every file must be now. */
  files: ReadonlyMap<string, string>;
}

export const ROOT = '/workspace/soak';
const FILES = 60;
const MAX_LENGTH = 4_000;
const MAX_EDITS = 40;
const WORDS = 'brief price market route letter answer number sample harbour winter signal garden copper meadow'.split(
  ' ',
);

/** A small linear generator: the same seed is the same work. */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

export function createWork(seed: number): Work {
  const random = randomFrom(seed);
  const files = new Map<string, string>();
  const edits = new Map<string, number>();
  let counter = 0;
  const word = (): string => WORDS[random(WORDS.length)] ?? '';
  const lines = (count: number): string =>
    Array.from({ length: count }, () => `${word()} ${word()} ${word()} ${random(1000)}\n`).join('');
  const fresh = (): string => `mark ${++counter}.\n${lines(5 + random(40))}`;
  const place = (n: number, moved: boolean): string => `${ROOT}/${n % 6}/${moved ? 'moved-' : ''}${n}.md`;
  const there = (n: number): string | undefined => [place(n, false), place(n, true)].find((path) => files.has(path));

  const write = (kind: string, changes: Change[]): Order => ({ t: 'write', kind, changes });
  const touch = (path: string, content: string): void => {
    files.set(path, content);
    edits.set(path, (edits.get(path) ?? 0) + 1);
  };
  const change = (n: number): Order => {
    const path = there(n);
    if (path === undefined) {
      const content = fresh();
      files.set(place(n, false), content);
      edits.set(place(n, false), 0);
      return write('create', [{ op: 'put', path: place(n, false), content, base: null }]);
    }
    const content = files.get(path) ?? '';
    if ((edits.get(path) ?? 0) >= MAX_EDITS) {
      files.delete(path);
      return write('remove', [{ op: 'remove', path }]);
    }
    const what = random(10);
    if (what < 4) {
      const old = /^mark \d+\./.exec(content)?.[0] ?? '';
      const mark = `mark ${++counter}.`;
      touch(path, content.replace(old, mark));
      return write('edit', [{ op: 'edit', path, old, new: mark }]);
    }
    if (what < 7 && content.length < MAX_LENGTH) {
      const more = lines(1);
      touch(path, content + more);
      return write('append', [{ op: 'append', path, content: more }]);
    }
    if (what < 9) {
      const next = fresh();
      touch(path, next);
      return write('put', [{ op: 'put', path, content: next }]);
    }
    const to = place(n, path === place(n, false));
    files.set(to, content);
    files.delete(path);
    edits.set(to, edits.get(path) ?? 0);
    return write('move', [{ op: 'move', from: path, to }]);
  };
  const look = (n: number): Order => {
    const path = there(n);
    const what = random(5);
    if (path === undefined || what === 0) return { t: 'search', query: `${word()} ${word()}` };
    return { t: (['read', 'history', 'former', 'blame'] as const)[what - 1] ?? 'read', path };
  };
  return {
    files,
    batch: (count) => Array.from({ length: count }, () => (random(10) < 6 ? change : look)(random(FILES))),
  };
}
