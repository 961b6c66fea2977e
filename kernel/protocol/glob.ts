/**
 * Path patterns: `*` within a segment, `**` across segments, `?` one character, `{a,b}` either. Nothing else has a
 * meaning: patterns decide rights, so the grammar is closed and small (no negation, no brackets, no nested quantifiers).
 * Our own, because picomatch costs 9 of the 150 kB that may be loaded before the cockpit is usable; a property test
 * holds the two equal over this grammar. A trailing `/**` also matches the folder itself, so that a grant for a folder
 * lets its owner create it.
 */

const escape = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The end of the brace that opens at `open`; -1 when it never closes. */
const closing = (pattern: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    else if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
};

const alternatives = (body: string): string[] => {
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

/** A regular expression's source for one pattern. Repeated `/**` say nothing more than one. */
const source = (raw: string): string => {
  const pattern = raw.replace(/(?:\/\*\*)+(?=\/|$)/g, '/**');
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (pattern.startsWith('/**', i) && i + 3 === pattern.length) {
      out += '(?:/.*)?';
      i += 2;
    } else if (pattern.startsWith('/**/', i)) {
      out += '/(?:[^/]+/)*';
      i += 3;
    } else if (char === '*') {
      while (pattern[i + 1] === '*') i++;
      const whole = (i === 0 || pattern[i - 1] === '/') && (i + 1 === pattern.length || pattern[i + 1] === '/');
      out += whole ? '[^/]+' : '[^/]*';
    } else if (char === '?') out += '[^/]';
    else if (char === '{' && closing(pattern, i) > 0) {
      const end = closing(pattern, i);
      const choices = alternatives(pattern.slice(i + 1, end));
      out += choices.length > 1 ? `(?:${choices.map(source).join('|')})` : escape(pattern.slice(i, end + 1));
      i = end;
    } else out += escape(char);
  }
  return out;
};

/** Does a path match any of the patterns? */
export const matcher = (patterns: string | readonly string[]): ((path: string) => boolean) => {
  const list = typeof patterns === 'string' ? [patterns] : patterns;
  if (list.length === 0) return () => false;
  const regex = new RegExp(`^(?:${list.map(source).join('|')})$`, 'su');
  return (path) => regex.test(path);
};
