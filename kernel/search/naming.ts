/**
 * Which wanted terms the words of a path meet. One object for one question: equal answers are one array, so that asking
 * of 100,000 files makes a handful. Pure.
 */
import { foldedName, type Names } from './names.ts';
import { eachTerm, fold, meets, type Wanted } from './tokens.ts';

/** What a path that meets nothing has: by this very array. */
export const NOT_NAMED: readonly boolean[] = [];

export type Naming = {
  /** What a name meets, beside what the folders above it meet. */
  inName: (name: string, above: readonly boolean[]) => readonly boolean[];
  /** The same for each name in a folder; undefined when none meets anything of its own. */
  inFolder: (names: Names, above: readonly boolean[]) => readonly (readonly boolean[])[] | undefined;
};

const isWordCharacter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

/** The names in which the term begins a word; of ASCII names alone, folded. */
const eachBeginning = ({ folded, starts }: Names, term: string, each: (i: number) => void): void => {
  let i = 0;
  for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + 1)) {
    // There is always a character before it: the line break.
    if (isWordCharacter(folded.charCodeAt(at - 1))) continue;
    while (i + 1 < starts.length && (starts[i + 1] as number) <= at) i++;
    each(i);
  }
};

export const createNaming = (wanted: readonly Wanted[]): Naming => {
  const made = new Map<readonly boolean[], (readonly boolean[])[]>();
  const meeting = (above: readonly boolean[], term: number): readonly boolean[] => {
    if (above[term]) return above;
    const those = made.get(above) ?? [];
    made.set(above, those);
    return (those[term] ??= wanted.map((_one, i) => i === term || (above[i] ?? false)));
  };

  const inFolded = (folded: string, above: readonly boolean[]): readonly boolean[] => {
    let met = above;
    if (!wanted.some(({ term }) => folded.includes(term))) return met;
    eachTerm(folded, (term) => wanted.forEach((one, i) => meets(term, one) && (met = meeting(met, i))));
    return met;
  };

  return {
    inName: (name, above) => inFolded(fold(name), above),
    inFolder: (names, above) => {
      if (!wanted.some(({ term }) => names.folded.includes(term))) return undefined;
      const named = names.list.map(() => above);
      const plain = names.ascii && !wanted.some(({ inside }) => inside);
      if (!plain) return named.map((_above, i) => inFolded(foldedName(names, i), above));
      wanted.forEach(({ term }, index) =>
        eachBeginning(names, term, (i) => (named[i] = meeting(named[i] ?? above, index))),
      );
      return named;
    },
  };
};
