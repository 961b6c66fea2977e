/** A run's records as steps one can read: what was done in a few words, what stands behind it, what it cost. Pure. */
import {
  addUsage,
  emptyUsage,
  type ModelBlock,
  type RunRecord,
  type Usage,
} from '../../../kernel/protocol/formats/records.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import { plural } from '../../ui/words.ts';

export type Step = {
  kind: 'model' | 'tool' | 'note';
  at: string;
  /** "Read"; with one path, that path belongs after it. */
  what: string;
  /** Paths it is about, for links. */
  paths: string[];
  /** The model's words to the reader. */
  text?: string;
  thinking?: string;
  /** What went in and what came back, as written. */
  input?: string;
  result?: string;
  state: 'done' | 'failed' | 'denied';
  /** Of a note: the kernel died and it went on, or the operator held it, or let it go. */
  mark?: 'resumed' | 'held' | 'let go';
  ms?: number;
  tokens?: number;
  usd?: number;
  revisions: string[];
};

const fieldsOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
const textIn = (value: unknown, name: string): string => {
  const field = fieldsOf(value)[name];
  return typeof field === 'string' ? field : '';
};
/** The end of a path that still says which file: `acme/profile.md`. */
export const shortPath = (path: string): string => path.split('/').slice(-2).join('/');

/** Paths a list of changes touches, as far as it can be read. */
export const pathsOfChanges = (input: unknown): string[] => {
  const { changes } = fieldsOf(input);
  if (!Array.isArray(changes)) return [];
  const paths = (changes as Partial<Record<'path' | 'to', unknown>>[]).flatMap((change) => [
    fieldsOf(change)['to'] ?? fieldsOf(change)['path'],
  ]);
  return [...new Set(paths.filter((path): path is string => typeof path === 'string'))];
};

const ONE: Record<Change['op'], string> = {
  put: 'Wrote',
  edit: 'Edited',
  append: 'Added to',
  move: 'Moved',
  remove: 'Removed',
  mkdir: 'Made folder',
  restore: 'Restored',
};

const toolWords = (name: string, input: unknown): { what: string; paths: string[] } => {
  const path = textIn(input, 'path');
  const paths = path.startsWith('/') ? [path] : [];
  switch (name) {
    case 'read':
      return { what: 'Read', paths };
    case 'list':
      return { what: 'Listed', paths };
    case 'search':
      return { what: `Searched for “${textIn(input, 'query')}”`, paths: [] };
    case 'write': {
      const touched = pathsOfChanges(input);
      const { changes } = fieldsOf(input);
      const op = Array.isArray(changes) && changes.length === 1 ? textIn(changes[0], 'op') : '';
      const verb = Object.hasOwn(ONE, op) ? ONE[op as Change['op']] : 'Wrote';
      return { what: touched.length === 1 ? verb : `Wrote ${plural(touched.length, 'file')}`, paths: touched };
    }
    case 'propose':
      return {
        what: `Proposed: ${textIn(input, 'title') || textIn(input, 'rationale')}`,
        paths: pathsOfChanges(input),
      };
    case 'fire': {
      const { target } = fieldsOf(input);
      return typeof target === 'string'
        ? { what: 'Started', paths: [target] }
        : { what: `Fired ${textIn(target, 'kind')}`, paths: [] };
    }
    case 'bash':
      return { what: `Ran ${textIn(input, 'script').split('\n', 1)[0] ?? ''}`, paths: [] };
    default:
      return { what: name, paths };
  }
};

const total = (usage: Usage): number => usage.input + usage.output + usage.cacheRead + usage.cacheWrite;

const textOf = (blocks: readonly ModelBlock[]): string =>
  blocks
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n\n')
    .trim();
const thoughtsOf = (blocks: readonly ModelBlock[]): string =>
  blocks
    .flatMap((block) => (block.type === 'thinking' ? [block.thinking] : []))
    .join('\n\n')
    .trim();

const modelWords = (blocks: readonly ModelBlock[]): string => {
  const calls = blocks.filter((block) => block.type === 'tool_use').length;
  if (calls === 0) return 'Model: answered';
  return `Model: asked for ${plural(calls, 'step')}`;
};

const markOf = ({ resumed, paused }: { resumed?: boolean; paused?: boolean }): Step['mark'] =>
  resumed ? 'resumed' : paused === undefined ? undefined : paused ? 'held' : 'let go';

/** A refusal is the gate's; anything else that failed is a failure. */
const REFUSED = /\b(EACCES|EROFS|EAGAIN)\b/;

export const stepsOf = (records: readonly RunRecord[]): Step[] =>
  records.flatMap((record): Step[] => {
    if (record.t === 'model') {
      const text = textOf(record.content);
      const thinking = thoughtsOf(record.content);
      return [
        {
          kind: 'model',
          at: record.at,
          what: modelWords(record.content),
          paths: [],
          state: 'done',
          ms: record.ms,
          tokens: total(record.usage),
          revisions: [],
          ...(text ? { text } : {}),
          ...(thinking ? { thinking } : {}),
          ...(record.usd === undefined ? {} : { usd: record.usd }),
        },
      ];
    }
    if (record.t === 'tool') {
      const { what, paths } = toolWords(record.name, record.input);
      const state = record.ok ? 'done' : REFUSED.test(record.result) ? 'denied' : 'failed';
      return [
        {
          kind: 'tool',
          at: record.at,
          what,
          paths,
          state,
          ms: record.ms,
          input: JSON.stringify(record.input, null, 2),
          result: record.result,
          revisions: record.revisions ?? [],
        },
      ];
    }
    if (record.t !== 'note') return [];
    const mark = markOf(record);
    return [
      {
        kind: 'note',
        at: record.at,
        what: record.text,
        paths: [],
        state: 'done',
        revisions: [],
        ...(mark ? { mark } : {}),
      },
    ];
  });

/** Tokens and USD up to now; the end record's own totals once it is there. */
export const totalsOf = (records: readonly RunRecord[]): { usage: Usage; usd?: number } => {
  let usage = emptyUsage();
  let usd: number | undefined;
  for (const record of records) {
    if (record.t === 'end') return { usage: record.usage, ...(record.usd === undefined ? {} : { usd: record.usd }) };
    if (record.t !== 'model' && record.t !== 'spent') continue;
    usage = addUsage(usage, record.usage);
    if (record.usd !== undefined) usd = (usd ?? 0) + record.usd;
  }
  return { usage, ...(usd === undefined ? {} : { usd }) };
};

export const tokensOf = total;
