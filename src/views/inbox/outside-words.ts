/** What a run had read and nobody here wrote, in words, with the way to it. The kernel names it ([C11]); pure. */
import { MCP } from '../../../kernel/protocol/mcp.ts';
import { PROPOSALS } from '../../../kernel/protocol/formats/records.ts';
import { isUnder, nameOf } from '../../../kernel/protocol/paths.ts';
import { href } from '../../client/route.ts';
import { visible } from './exact-fields.ts';

export type OutsideSource = { words: string; label: string; href?: string };

const INBOX = '/workspace/inbox';

export const outsideOf = (source: string): OutsideSource => {
  if (isUnder(source, PROPOSALS)) {
    const id = nameOf(source).replace(/\.json$/, '');
    return { words: 'the answer to proposal', label: id, href: href({ room: 'inbox', id }) };
  }
  if (source.startsWith('/')) {
    const words = isUnder(source, MCP)
      ? 'how a server describes its tools:'
      : isUnder(source, INBOX)
        ? 'dropped into the inbox:'
        : 'brought by a program:';
    return { words, label: visible(source), href: href({ room: 'files', path: source }) };
  }
  if (/^[A-Z]+ https?:/.test(source)) return { words: 'the answer of', label: visible(source) };
  if (source.includes(' of MCP server ')) return { words: 'the answer of', label: visible(source) };
  return { words: '', label: visible(source) };
};
