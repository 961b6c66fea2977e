/**
 * A refused redirect must fail its command and no more. just-bash lets an error of the file system in `cmd > file`
 * end the whole script, but catches it around a group; so every command that redirects output is put in a group of
 * its own. `exec > file` stays as it is: its redirects outlive the command, and are caught already.
 */
import type { Bash } from 'just-bash/browser';

type Plugin = Parameters<Bash['registerTransformPlugin']>[0];
type Ast = Parameters<Plugin['transform']>[0]['ast'];

const OUTPUT = new Set(['>', '>>', '>|', '&>', '&>>', '>&', '<>']);
/** These run script text that is parsed later, where this transform does not reach. */
const LATER = new Set(['eval', 'source', '.']);

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const nameOf = (node: Fields): string | undefined => {
  const parts = isFields(node['name']) ? node['name']['parts'] : undefined;
  const first: unknown = Array.isArray(parts) ? parts[0] : undefined;
  return isFields(first) && typeof first['value'] === 'string' ? first['value'] : undefined;
};

const mayThrow = (node: Fields): boolean => {
  if (!Array.isArray(node['redirections']) || node['type'] === 'FunctionDef') return false;
  const name = node['type'] === 'SimpleCommand' ? nameOf(node) : undefined;
  if (name === 'exec') return false;
  if (name !== undefined && LATER.has(name)) return true;
  return node['redirections'].some((redirect) => isFields(redirect) && OUTPUT.has(String(redirect['operator'])));
};

const grouped = (command: Fields): Fields => ({
  type: 'Group',
  redirections: [],
  body: [
    {
      type: 'Statement',
      operators: [],
      background: false,
      pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
    },
  ],
});

const wrap = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(wrap);
  if (!isFields(node)) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, wrap(value)]));
  return mayThrow(node) ? grouped(inner) : inner;
};

export const guardRedirects: Plugin = {
  name: 'guard-redirects',
  transform: ({ ast }) => ({ ast: wrap(ast) as Ast }),
};
