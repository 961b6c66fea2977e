/** The names in one folder, and the same folded in one text: one search through it looks at all of them. Pure. */
import { fold, isAscii } from './tokens.ts';

export type Names = {
  /** As they are shown. */
  list: readonly string[];
  /** Each after a line break, which no name has. */
  folded: string;
  /** Where in `folded` each begins. */
  starts: Uint32Array;
  ascii: boolean;
};

export const packNames = (list: readonly string[]): Names => {
  const text = list.map((name) => `\n${name}`).join('');
  const ascii = isAscii(text);
  // Folding can make a name longer or shorter unless all of it is ASCII.
  const parts = ascii ? list : list.map(fold);
  const starts = new Uint32Array(list.length);
  let at = 0;
  parts.forEach((part, i) => {
    starts[i] = at + 1;
    at += part.length + 1;
  });
  const folded = ascii ? fold(text) : parts.map((part) => `\n${part}`).join('');
  return { list, folded, starts, ascii: ascii || isAscii(folded) };
};

export const foldedName = ({ folded, starts }: Names, i: number): string =>
  folded.slice(starts[i], i + 1 < starts.length ? (starts[i + 1] as number) - 1 : undefined);
