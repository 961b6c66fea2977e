/**
 * Where a link in a document leads: to a file of the workspace (with a line, as `notes.md:14` or `notes.md#L14`), to the
 * web, or nowhere. Pure. Relative links are read from the folder of the document they stand in.
 */
import { parentOf, parsePath, type Path } from '../../kernel/protocol/paths.ts';

export type Destination = { path: Path; line?: number } | { url: string };

const WEB = /^(?:https?|mailto):/i;
const LINE = /(?:#L|:)(\d{1,9})$/;
/** Any other scheme, `//host`, a place within the page. */
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2}|#)/i;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `../b` against a folder, as a browser would read it. */
const joined = (folder: Path, relative: string): string => {
  const parts = relative.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

export const destination = (href: string, base: Path): Destination | undefined => {
  const text = href.trim();
  if (WEB.test(text)) return URL.canParse(text) ? { url: text } : undefined;
  const line = LINE.exec(text)?.[1];
  const file = text.replace(LINE, '').replace(/[?#].*$/, '');
  if (file === '' || ELSEWHERE.test(text.startsWith('#') ? text : file)) return undefined;
  const path = parsePath(joined(parentOf(base), decoded(file)));
  if (!path.ok || path.value === '/') return undefined;
  return { path: path.value, ...(line === undefined ? {} : { line: Number(line) }) };
};
