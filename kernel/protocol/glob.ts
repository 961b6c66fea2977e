/**
 * Path patterns: `*` within a segment, `**` for any number of segments, `?` one character, `{a,b}` either. Nothing else
 * has a meaning: patterns decide rights, so the grammar is closed and small.
 * Our own, for two reasons: picomatch costs 9 of the 150 kB that may be loaded before the cockpit is usable, and a
 * regular expression built from a stranger's pattern can take seconds on a crafted path (five stars in one name: 2.5 s).
 * Here the work is at most pattern × path. A property test holds it equal to picomatch over this grammar.
 * A trailing `/**` also matches the folder itself, so that a grant for a folder lets its owner create it.
 */

/** More alternatives than this in one pattern, and it matches nothing. */
const MAX_ALTERNATIVES = 256;

const closing = (pattern: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    else if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
};

const split = (body: string): string[] => {
  const out = [''];
  let depth = 0;
  for (const char of body) {
    if (char === ',' && depth === 0) out.push('');
    else out[out.length - 1] += char;
    if (char === '{') depth++;
    else if (char === '}') depth--;
  }
  return out;
};

/** Every pattern without braces that a pattern with braces stands for. */
const expand = (pattern: string, from = 0): string[] => {
  const open = pattern.indexOf('{', from);
  const end = open < 0 ? -1 : closing(pattern, open);
  if (open < 0) return [pattern];
  const choices = end < 0 ? [] : split(pattern.slice(open + 1, end));
  // A brace that never closes, or holds no choice, stands for itself.
  if (choices.length < 2) return expand(pattern, end < 0 ? pattern.length : open + 1);
  const out: string[] = [];
  for (const choice of choices) {
    out.push(...expand(pattern.slice(0, open) + choice + pattern.slice(end + 1), open));
    if (out.length > MAX_ALTERNATIVES) return [];
  }
  return out;
};

/**
 * Wildcard matching over a sequence, backtracking only to the last star (Kirk J. Krauss, 2008): a `star` takes any
 * number of items, every other item must `fit`.
 */
const wild = <P, T>(
  pattern: readonly P[],
  text: readonly T[],
  star: (item: P) => boolean,
  fit: (item: P, value: T) => boolean,
): boolean => {
  let p = 0;
  let t = 0;
  let lastStar = -1;
  let resume = 0;
  while (t < text.length) {
    const item = pattern[p];
    if (item !== undefined && !star(item) && fit(item, text[t] as T)) {
      p++;
      t++;
    } else if (item !== undefined && star(item)) {
      lastStar = p++;
      resume = t;
    } else if (lastStar >= 0) {
      p = lastStar + 1;
      t = ++resume;
    } else return false;
  }
  while (p < pattern.length && star(pattern[p] as P)) p++;
  return p === pattern.length;
};

type Segment = { deep: boolean; chars: string[]; whole: boolean };

const fitsSegment = ({ chars, whole }: Segment, name: string): boolean =>
  whole
    ? name !== ''
    : wild(
        chars,
        Array.from(name),
        (char) => char === '*',
        (char, value) => char === '?' || char === value,
      );

const compile = (pattern: string): ((names: readonly string[]) => boolean) => {
  const segments = pattern.split('/').map((text): Segment => ({
    deep: text === '**',
    chars: Array.from(text.replace(/\*+/g, '*')),
    whole: text === '*',
  }));
  return (names) => wild(segments, names, ({ deep }) => deep, fitsSegment);
};

/** Does a path match any of the patterns? */
export const matcher = (patterns: string | readonly string[]): ((path: string) => boolean) => {
  const list = typeof patterns === 'string' ? [patterns] : patterns;
  const tests = list.flatMap((pattern) => expand(pattern)).map(compile);
  return (path) => {
    const names = path.split('/');
    return tests.some((test) => test(names));
  };
};
