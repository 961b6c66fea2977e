/**
 * The ABI: one row a call. The row is the single source of the argument schema, who may call, the right needed and
 * the effect class; client types, agents' tools and the README's matrix are all derived from it.
 * A call that has no row does not exist: the gate answers ENOSYS and treats it as irreversible.
 */
// The small half of zod: the gate is loaded before the cockpit is usable (29 → 14 kB gzipped).
import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';
import { actorSchema } from './actor.ts';
import { decideSchema, grantSchema, revokeSchema } from './consent.ts';
import type { Effect, EffectClass } from './effects.ts';
import { effectSchema } from './effects.ts';
import { changeSchema, contentSchema, type WatchEvent } from './files.ts';
import { reserveSchema } from './money.ts';

// Without a language the small half says "Invalid input" to everything.
// Compiling schemas with `new Function` is eval, which the content security policy refuses (and reports).
z.config({ ...en(), jitless: true });

const path = z.string().check(z.describe('Absolute path, for example /workspace/context/notes.md'));
const text = (max: number) => z.optional(z.string().check(z.maxLength(max)));
const count = (max: number) => z.optional(z.int().check(z.gte(1), z.lte(max)));
const flag = z.optional(z.boolean());
const changes = (max: number) => z.array(changeSchema).check(z.minLength(1), z.maxLength(max));

type Row<S extends z.ZodMiniType> = {
  schema: S;
  /** `operator`: the operator alone. `process`: only a running process, about itself. */
  callers: 'any' | 'operator' | 'process';
  class: EffectClass;
  summary: string;
};
const row = <S extends z.ZodMiniType>(
  callers: Row<S>['callers'],
  effect: EffectClass,
  summary: string,
  schema: S,
): Row<S> => ({
  schema,
  callers,
  class: effect,
  summary,
});

export const CALLS = {
  read: row(
    'any',
    'read',
    'Read a file, now or as it was at a revision or a date.',
    z.object({
      path,
      at: z.optional(z.string()).check(z.describe('A revision id of this file, or an ISO date.')),
      as: z.optional(z.enum(['text', 'bytes'])),
      offset: z
        .optional(z.int().check(z.gte(0)))
        .check(z.describe('Where to start: characters of text, bytes of bytes.')),
      length: z.optional(z.int().check(z.gte(1))),
    }),
  ),
  list: row(
    'any',
    'read',
    'List a folder, or with history the revisions of a file, newest first.',
    z.object({
      path,
      depth: count(64).check(z.describe('How many levels; 1 when left out.')),
      limit: count(10_000),
      cursor: z.optional(z.string()),
      history: flag,
    }),
  ),
  search: row(
    'any',
    'read',
    'Search the text of files below a folder.',
    z.object({
      query: z.string().check(z.minLength(1), z.maxLength(1000)),
      under: z.optional(path),
      mode: z.optional(z.enum(['text', 'exact', 'regex'])),
      history: flag.check(z.describe('Also look in former versions, and in files that were removed.')),
      actor: text(200).check(z.describe('Only versions by this actor, for example agent:writer.')),
      since: z.optional(z.string()).check(z.describe('Only versions made at or after this ISO date.')),
      until: z.optional(z.string()).check(z.describe('Only versions made at or before this ISO date.')),
      limit: count(1000),
    }),
  ),
  write: row(
    'any',
    'workspace',
    'Apply a set of changes as one: all of them or none.',
    z.object({
      changes: changes(20_000),
      message: z
        .string('A message is needed: say in a line why.')
        .check(
          z.trim(),
          z.minLength(1, 'A message is needed: say in a line why.'),
          z.maxLength(2000),
          z.describe('One line: why.'),
        ),
    }),
  ),
  propose: row(
    'any',
    'workspace',
    'Ask for a decision on changes or an effect you may not do alone.',
    z.object({
      changes: z.optional(changes(1000)),
      effect: z.optional(effectSchema),
      title: text(200).check(z.describe('What happens on approval, as a verb.')),
      rationale: z.string().check(z.trim(), z.minLength(1, 'Say why: the operator decides by it.'), z.maxLength(4000)),
      expects: text(2000),
      reversibility: z.enum(['reversible', 'costly', 'irreversible']),
      expiresAt: z.optional(z.iso.datetime()),
    }),
  ),
  fire: row(
    'any',
    'workspace',
    'Run an agent, a job or a program now (by path), or an effect.',
    z.object({
      target: z.union([z.string(), effectSchema]),
      args: z.optional(z.record(z.string(), z.unknown())),
      key: text(200).check(z.describe('The same key never fires twice.')),
    }),
  ),
  undo: row(
    'operator',
    'workspace',
    'Take back what one run, or one actor, changed; later work by others stays, and what cannot be told apart is named.',
    z.object({
      run: text(200),
      actor: text(200),
      since: z.optional(z.string()).check(z.describe('Only what was done at or after this ISO date.')),
      until: z.optional(z.string()),
      under: z.optional(path),
      dry: flag.check(z.describe('Say what would be done, and change nothing.')),
    }),
  ),
  decide: row('any', 'workspace', 'Approve or reject a proposal, bound to its hash; or amend it.', decideSchema),
  grant: row('operator', 'workspace', 'Let an actor write below a path pattern, or carry out effects.', grantSchema),
  revoke: row(
    'operator',
    'workspace',
    'Take back every grant of an actor, or those for the named patterns.',
    revokeSchema,
  ),
  would: row(
    'operator',
    'read',
    'What would happen if an actor read or wrote a path, or fired an effect, now.',
    z.object({
      actor: actorSchema,
      what: z._default(z.enum(['read', 'write']), 'write'),
      path: z.optional(path),
      effect: z.optional(effectSchema),
    }),
  ),
  plan: row('operator', 'read', 'Read and verify a bundle; changes nothing.', z.object({ source: contentSchema })),
  install: row(
    'operator',
    'workspace',
    'Put a planned bundle under /programs. Runs nothing.',
    z.object({ digest: z.string() }),
  ),
  activate: row(
    'operator',
    'workspace',
    "Fork a program's workspace into yours and start its jobs.",
    z.object({ name: z.string() }),
  ),
  deactivate: row(
    'operator',
    'workspace',
    'Stop its jobs, revoke its grants, remove its surfaces, keep every byte.',
    z.object({ name: z.string() }),
  ),
  kill: row('operator', 'workspace', 'Stop a run, or every run with `all`.', z.object({ run: z.string() })),
  pause: row(
    'operator',
    'workspace',
    'Hold a run, and what it started, before its next call; or let it go on. Every run with `all`.',
    z.object({ run: z.string(), on: z._default(z.boolean(), true) }),
  ),
  watch: row(
    'operator',
    'read',
    'Be told of every change below a pattern.',
    z.object({ pattern: z.union([z.string(), z.array(z.string())]) }),
  ),
  unwatch: row('operator', 'read', 'Stop a watch.', z.object({ watch: z.number() })),
  open: row('operator', 'workspace', 'Open a text file for live editing.', z.object({ path })),
  close: row(
    'operator',
    'workspace',
    'Close a live document; what was typed is sealed into the journal first.',
    z.object({ doc: z.number() }),
  ),
  blame: row('any', 'read', 'Who wrote each stretch of a file.', z.object({ path })),
  secret: row(
    'operator',
    'workspace',
    'Keep or drop a secret. It can be used, never read back.',
    z.object({
      name: z.string().check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'A secret is named in capital letters, digits and _.')),
      value: z.nullable(z.string().check(z.minLength(1), z.maxLength(10_000))),
      origins: z
        ._default(z.array(z.string()), [])
        .check(z.describe('Where it may be sent, for example https://api.anthropic.com')),
    }),
  ),
  secrets: row('operator', 'read', 'Names of the secrets kept here, and where each may go.', z.object({})),
  persist: row('operator', 'workspace', 'Ask the browser to keep this workspace when the disk is full.', z.object({})),
  verify: row(
    'operator',
    'read',
    'Check every entry of the journal; damage closes the workspace for writing.',
    z.object({}),
  ),
  log: row(
    'process',
    'workspace',
    "Append a step to the caller's own run record.",
    z.object({ record: z.looseObject({ t: z.string() }) }),
  ),
  reserve: row(
    'process',
    'spend',
    'Set aside what the next model call can cost at most; the record of how it ended settles it.',
    reserveSchema,
  ),
  live: row(
    'process',
    'read',
    'Show what the caller is doing right now in /proc (not kept).',
    z.object({ text: z.string().check(z.maxLength(100_000)) }),
  ),
} satisfies Record<string, Row<z.ZodMiniType>>;

export type CallName = keyof typeof CALLS;
/** Arguments as a caller may write them (defaults not yet filled in). */
export type Args<N extends CallName> = z.input<(typeof CALLS)[N]['schema']>;
/** Arguments as a handler gets them. */
export type ParsedArgs<N extends CallName> = z.output<(typeof CALLS)[N]['schema']>;

/** The six calls an agent has. */
export const SIX = ['read', 'list', 'search', 'write', 'propose', 'fire'] as const satisfies CallName[];

export const isCall = (name: string): name is CallName => Object.hasOwn(CALLS, name);

export type { Effect, WatchEvent };
export type * from './values.ts';
