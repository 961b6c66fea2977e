/**
 * Which path patterns a bundle may use: names, `*`, `?`, `**` and `{a,b}`, few of them. Everything else the matcher
 * would understand is refused here: `|` reaches out of the folder the pattern starts with, and many stars in one name
 * take longer than any life to not match.
 */
const FORBIDDEN = /[|()[\]\\^$]/;
const MAX_STARS = 3;
const MAX_GLOBSTARS = 2;
const MAX_LENGTH = 300;

/** Why the pattern cannot be used; undefined when it can. */
export const patternProblem = (pattern: string): string | undefined => {
  if (!pattern.startsWith('/workspace/')) return `"${pattern}" is not below /workspace/`;
  if (pattern.length > MAX_LENGTH) return `"${pattern.slice(0, 40)}…" is longer than ${MAX_LENGTH} characters`;
  const character = FORBIDDEN.exec(pattern)?.[0];
  if (character) return `"${pattern}" holds ${character}, and a pattern may hold only names, *, ?, ** and {a,b}`;
  if (/\{[^}]*(?:[{/]|\.\.|$)/.test(pattern))
    return `"${pattern}" has braces that are nested, open, a range or across folders`;
  const segments = pattern.slice(1).split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return `"${pattern}" has an empty, . or .. segment`;
  const globstars = segments.filter((segment) => segment.includes('**'));
  if (globstars.some((segment) => segment !== '**'))
    return `"${pattern}" mixes ** with a name; write ** between two slashes`;
  if (globstars.length > MAX_GLOBSTARS) return `"${pattern}" uses ** more than ${MAX_GLOBSTARS} times`;
  if (segments.some((segment) => (segment.match(/\*/g)?.length ?? 0) > MAX_STARS))
    return `"${pattern}" uses more than ${MAX_STARS} stars in one name`;
  return undefined;
};

/** A few paths the pattern stands for: enough to see whether another pattern covers it. */
export const samplesOf = (pattern: string): string[] =>
  ['x', 'x/y/z'].map((deep) =>
    pattern
      .replaceAll('**', deep)
      .replaceAll('*', 'x')
      .replaceAll('?', 'x')
      .replace(/\{([^,}]*)[^}]*\}/g, '$1'),
  );
