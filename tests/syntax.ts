// What the house tests read from a source file: its imports, the global names it uses, and its test titles.
// Works on the syntax tree, so a comment or a string that looks like an import is not one.
import { parseSync } from 'vite';

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  path: string;
  text: string;
}

export interface Import {
  /** As written, without a `?query`. */
  from: string;
  /** True for `new URL('…', import.meta.url)` and `?worker`: another program is named, not loaded into this one. */
  byUrl: boolean;
}

interface Node {
  type: string;
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Keys under which an identifier is a name of something else, not a reference. */
const LABELS = new Set(['property', 'key', 'label']);

function visit(
  node: Node,
  see: (node: Node, key: string, parent: Node | null) => void,
  key = '',
  parent: Node | null = null,
): void {
  see(node, key, parent);
  for (const [name, value] of Object.entries(node)) {
    if (name === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see, name, node);
  }
}

function treeOf({ path, text }: SourceFile): Node {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  return program as unknown as Node;
}

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type === 'TSLiteralType') return literal(node['literal']);
  const quasis = node.type === 'TemplateLiteral' ? (node['quasis'] as { value: { cooked: string } }[]) : [];
  return quasis.length > 0 ? quasis.map((quasi) => quasi.value.cooked).join('…') : undefined;
}

/** Static, dynamic and type imports, re-exports, and worker addresses. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: unknown, byUrl: boolean): void => {
    const written = literal(node);
    if (written === undefined) return;
    const [from = '', query = ''] = written.split('?');
    found.push({ from, byUrl: byUrl || query.includes('worker') });
  };
  visit(treeOf(file), (node) => {
    if (/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type)) add(node['source'], false);
    if (node.type === 'TSImportType') add(node['source'] ?? node['argument'], false);
    if (node.type === 'NewExpression' && isNode(node['callee']) && node['callee']['name'] === 'URL') {
      const [address, base] = node['arguments'] as unknown[];
      if (
        isNode(base) &&
        base.type === 'MemberExpression' &&
        isNode(base['object']) &&
        base['object'].type === 'MetaProperty'
      ) {
        add(address, true);
      }
    }
  });
  return found;
}

/** Names used but declared nowhere in the file: globals, near enough for a tripwire. */
export function globalsOf(file: SourceFile): Set<string> {
  const used = new Set<string>();
  const declared = new Set<string>();
  visit(treeOf(file), (node, key, parent) => {
    if (node.type !== 'Identifier' || typeof node['name'] !== 'string') return;
    if (key === 'id' || key === 'params' || key === 'local') declared.add(node['name']);
    if (!(LABELS.has(key) && parent?.['computed'] !== true)) used.add(node['name']);
  });
  return new Set([...used].filter((name) => !declared.has(name)));
}

/** Titles of tests that run: `test`, `it` and `describe` with any modifier but skip, todo and fixme. */
export function testTitlesOf(file: SourceFile): string[] {
  const titles: string[] = [];
  visit(treeOf(file), (node) => {
    if (node.type !== 'CallExpression') return;
    const words: unknown[] = [];
    let callee: unknown = node['callee'];
    while (isNode(callee)) {
      if (callee.type === 'MemberExpression' && isNode(callee['property'])) words.push(callee['property']['name']);
      if (callee.type === 'Identifier') words.push(callee['name']);
      callee = callee['object'] ?? callee['callee'];
    }
    const title = literal((node['arguments'] as unknown[])[0]);
    const runs = !words.some((word) => word === 'skip' || word === 'todo' || word === 'fixme');
    if (title !== undefined && runs && /^(test|it|describe)$/.test(String(words.at(-1)))) titles.push(title);
  });
  return titles;
}
