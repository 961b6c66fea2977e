/**
 * Who wrote each line: the kernel's stretches of characters, folded to lines. A line belongs to the newest revision
 * that wrote something visible in it; the others that are still in it are kept beside. Pure.
 */
import type { BlameRun } from '../../../kernel/protocol/syscalls.ts';

export type LineAuthor = {
  run: BlameRun;
  /** Others whose text is still in this line. */
  others: string[];
  /** The line above has another author or revision: here the margin names them. */
  first: boolean;
};

/** One per line of `text`, by its number minus one; undefined for a line nobody is known to have written. */
export const authorsOfLines = (runs: readonly BlameRun[], text: string): (LineAuthor | undefined)[] => {
  const out: (LineAuthor | undefined)[] = [];
  let from = 0;
  let run = 0;
  let before: LineAuthor | undefined;
  for (const line of text.split('\n')) {
    const to = from + line.length;
    // An empty line is its line break's.
    const end = line.length === 0 ? Math.min(text.length, to + 1) : to;
    while (run < runs.length && (runs[run]?.to ?? 0) <= from) run += 1;
    const here: BlameRun[] = [];
    for (let next = run; next < runs.length && (runs[next]?.from ?? end) < end; next += 1) {
      const one = runs[next];
      if (!one) break;
      const words = text.slice(Math.max(one.from, from), Math.min(one.to, end));
      if (line.trim() === '' || words.trim() !== '') here.push(one);
    }
    const [newest, ...rest] = here.toSorted((a, b) => (a.at < b.at ? 1 : -1));
    const author: LineAuthor | undefined = newest && {
      run: newest,
      others: [...new Set(rest.map((one) => one.actor))].filter((actor) => actor !== newest.actor),
      first: before?.run.revision !== newest.revision,
    };
    out.push(author);
    before = author;
    from = to + 1;
  }
  return out;
};
