/**
 * Markdown → a fragment that is safe to show. Loaded only when a Markdown panel is. What may stand in it is a short
 * list of elements and attributes: no class, id or style (they could dress text as ours), no forms, frames, SVG or
 * scripts; pictures only from `data:` and `blob:`. The result never passes through an HTML sink of ours: DOMPurify
 * parses under its own Trusted Types policy and hands over nodes.
 */
import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';
import type { Path } from '../../kernel/protocol/paths.ts';
import { destination } from './destination.ts';

const ALLOWED_TAGS = (
  'a abbr b blockquote br caption code dd del details dfn div dl dt em h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s ' +
  'samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var'
).split(' ');
const ALLOWED_ATTR = ['href', 'src', 'alt', 'title', 'start', 'colspan', 'rowspan'];

/** The web, pictures that are already here, paths; `notes.md:14` is a path and no scheme. `destination` has the last word. */
const ALLOWED_URI = /^(?:https?:|mailto:|blob:|[^a-z]|[\w.%-]+\.\w+:\d+$|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

/** A document's own title stands below the page's, the surface's: its h1 is our h3. */
const DEEPER = 2;

const markdown = new Marked({
  gfm: true,
  async: false,
  renderer: {
    heading({ tokens, depth }: Tokens.Heading) {
      const level = Math.min(6, depth + DEEPER);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    checkbox: ({ checked }: Tokens.Checkbox): string => (checked ? '☑ ' : '☐ '),
  },
});

const pictured = (src: string): boolean => /^(?:data:image\/|blob:)/i.test(src);

const dressLink = (
  link: HTMLAnchorElement,
  base: Path,
  hrefOf: (to: { path: Path; line?: number }) => string,
): void => {
  const to = destination(link.getAttribute('href') ?? '', base);
  link.removeAttribute('href');
  if (!to) return;
  if ('url' in to) {
    link.href = to.url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return;
  }
  link.href = hrefOf(to);
  // Ours alone: the sanitiser lets no data attribute through.
  link.dataset['path'] = to.path;
  if (to.line !== undefined) link.dataset['line'] = String(to.line);
};

/** A picture that would be fetched becomes its own words. */
const dressPicture = (picture: HTMLImageElement): void => {
  const src = picture.getAttribute('src') ?? '';
  if (pictured(src)) picture.loading = 'lazy';
  else picture.replaceWith(`[picture not loaded: ${picture.alt || src.slice(0, 80) || 'no address'}]`);
};

const dressCode = (block: HTMLElement): void => {
  block.tabIndex = 0;
  block.setAttribute('role', 'group');
  block.setAttribute('aria-label', 'code');
};

/** `text` as it stands in the file at `base`, without its front matter. */
export const renderMarkdown = (
  text: string,
  base: Path,
  hrefOf: (to: { path: Path; line?: number }) => string,
): DocumentFragment => {
  const html = markdown.parse(text) as string;
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: ALLOWED_URI,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a')) dressLink(link, base, hrefOf);
  for (const picture of fragment.querySelectorAll('img')) dressPicture(picture);
  for (const block of fragment.querySelectorAll('pre')) dressCode(block);
  return fragment;
};
