/**
 * What the file system shows: Stat, Revision, Hit, and the changes a `write` may ask for.
 */
import * as z from 'zod/mini';
import type { Actor } from './actor.ts';
import type { ContentKind, OpName, RevisionId } from './entry.ts';
import type { Path } from './paths.ts';

export type Attrs = Record<string, string>;

export type Stat = {
  path: Path;
  kind: 'file' | 'dir';
  /** Bytes; 0 for a directory. */
  size: number;
  revision: RevisionId;
  /** Who made the last revision, and when (ISO 8601, UTC). */
  actor: Actor;
  at: string;
  attrs: Attrs;
  /** How the content is kept; absent on directories. Only `text` opens in the editor. */
  as?: ContentKind;
  /** SHA-256 of the content (of the chunk list for a `blob`); absent on directories. */
  hash?: string;
  /** Set when two devices disagree and somebody should look. */
  conflict?: string;
};

export type Revision = {
  id: RevisionId;
  /** The path the file had at that revision. */
  path: Path;
  op: OpName;
  actor: Actor;
  at: string;
  message: string;
  run?: string;
  cause?: string;
  size: number;
  hash: string;
};

/** `revision` is where the text stands; `actor` and `at` are who made it and when. `past` marks a former version. */
export type Hit = {
  path: Path;
  score: number;
  line: number;
  snippet: string;
  revision: RevisionId;
  actor?: Actor;
  at?: string;
  past?: boolean;
};

const path = z.string().check(z.describe('Absolute path, for example /workspace/context/notes.md'));
/** Text, or bytes from a caller that has them (an agent's tool call is JSON, so text only). */
export const contentSchema = z.union([
  z.string(),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'text or bytes'),
]);
const base = z
  .optional(z.nullable(z.string()))
  .check(z.describe('The revision you last read; null when the file must not exist yet.'));
const old = z
  .string()
  .check(z.minLength(1), z.describe('Exact text to replace; must occur exactly once unless all is true.'));

export const changeSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('put'),
    path,
    content: contentSchema,
    base,
    attrs: z.optional(z.record(z.string(), z.string())),
  }),
  z.object({ op: z.literal('edit'), path, old, new: z.string(), all: z.optional(z.boolean()) }),
  z.object({ op: z.literal('append'), path, content: contentSchema }),
  z.object({ op: z.literal('move'), from: path, to: path }),
  z.object({ op: z.literal('remove'), path }),
  z.object({ op: z.literal('mkdir'), path }),
  z.object({
    op: z.literal('restore'),
    path,
    at: z.optional(z.string()).check(z.describe('A revision id of the file, or an ISO date.')),
  }),
]);
export type Change = z.infer<typeof changeSchema>;

/**
 * `restore` brings back what stood at a path: what was removed is there again (a folder with what was removed with it);
 * with `at`, a file's text, or that of every file below a folder, is what it was then, as a new revision. On a path in
 * conflict it says: settled, keep what is here.
 */
/** The path a change is about: for a move, the place it comes from. */
export const changePath = (change: Change): Path => (change.op === 'move' ? change.from : change.path);
/** Every path a change touches; authority is needed over each. */
export const changePaths = (change: Change): Path[] =>
  change.op === 'move' ? [change.from, change.to] : [change.path];

export type WatchEvent = {
  path: Path;
  change: 'write' | 'move' | 'remove' | 'live';
  actor: Actor;
  revision?: RevisionId;
  run?: string;
  /** For a move: where it came from. */
  from?: Path;
  source: 'local' | 'remote';
};
