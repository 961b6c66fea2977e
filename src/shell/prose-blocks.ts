/** Plain Markdown an agent tends to answer with, as data: blocks of lines, and spans within a line. Pure. */

export type Block = { kind: 'text' | 'list' | 'code' | 'head'; lines: string[] };
export type Span = { kind: 'text' | 'bold' | 'code'; text: string } | { kind: 'path'; text: string; line?: number };

const ITEM = /^\s*(?:[-*•]|\d+[.)])\s+(.*)$/;
const HEAD = /^#{1,6}\s+(.*)$/;

export const blocks = (text: string): Block[] => {
  const found: Block[] = [];
  let fenced: Block | undefined;
  const add = (kind: Block['kind'], line: string): void => {
    const last = found.at(-1);
    if (last?.kind === kind && kind !== 'head' && !gap) last.lines.push(line);
    else found.push({ kind, lines: [line] });
    gap = false;
  };
  let gap = true;
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('```')) {
      if (fenced) fenced = undefined;
      else found.push((fenced = { kind: 'code', lines: [] }));
      gap = true;
      continue;
    }
    const item = ITEM.exec(line);
    const head = HEAD.exec(line);
    if (fenced) fenced.lines.push(line);
    else if (line.trim() === '') gap = true;
    else if (item) add('list', item[1] ?? '');
    else if (head) add('head', head[1] ?? '');
    else add('text', line);
  }
  return found;
};

/** A path of ours, with an optional line: `/workspace/a/b.md:14`. Spaces end it, as in a shell. */
const PATH = String.raw`/(?:workspace|system|programs)(?:/[^\s/:*"'<>()\[\]{}|,;` + '`' + String.raw`]+)+`;
const SPAN = new RegExp(`(\\*\\*[^*\\n]+\\*\\*)|(\`[^\`\\n]+\`)|(${PATH})(?::(\\d+))?`, 'g');

export const spans = (text: string): Span[] => {
  const found: Span[] = [];
  const plain = (from: number, to: number) => {
    if (to > from) found.push({ kind: 'text', text: text.slice(from, to) });
  };
  let at = 0;
  for (const match of text.matchAll(SPAN)) {
    const [whole, bold, code, path, line] = match;
    plain(at, match.index);
    at = match.index + whole.length;
    if (bold) found.push({ kind: 'bold', text: bold.slice(2, -2) });
    else if (code) found.push(...inCode(code.slice(1, -1)));
    else if (path) {
      // A full stop after a path ends the sentence, not the name.
      const name = line ? path : path.replace(/[.!?]+$/, '');
      found.push({ kind: 'path', text: name, ...(line ? { line: Number(line) } : {}) });
      if (name.length < path.length) found.push({ kind: 'text', text: path.slice(name.length) });
    }
  }
  plain(at, text.length);
  return found;
};

/** A path in backquotes is a path all the same. */
const inCode = (text: string): Span[] => {
  const match = new RegExp(`^(${PATH})(?::(\\d+))?$`).exec(text);
  return match?.[1]
    ? [{ kind: 'path', text: match[1], ...(match[2] ? { line: Number(match[2]) } : {}) }]
    : [{ kind: 'code', text }];
};
