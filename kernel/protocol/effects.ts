/**
 * Effects: things that reach outside the files. A closed set of kinds; an unknown kind is treated as irreversible.
 * The kernel binds consent to `effectHash`, so changing any input changes the hash and voids the approval.
 */
import * as z from 'zod/mini';
import { canonicalJson, hashHex } from './bytes.ts';

/** From weakest to strictest. */
export const EFFECT_CLASSES = ['read', 'workspace', 'spend', 'external-reversible', 'external-irreversible'] as const;
export type EffectClass = (typeof EFFECT_CLASSES)[number];

const notify = z
  .object({
    kind: z.literal('notify'),
    title: z.string().check(z.minLength(1), z.maxLength(200)),
    body: z._default(z.string().check(z.maxLength(4000)), ''),
  })
  .check(z.describe('Tell the operator something: shown in the cockpit and kept in the narrative.'));

const bash = z
  .object({
    kind: z.literal('bash'),
    script: z.string().check(z.minLength(1), z.maxLength(200_000)),
    cwd: z.optional(z.string()).check(z.describe('Absolute folder to start in; /workspace when left out.')),
    env: z.optional(z.record(z.string(), z.string())),
  })
  .check(z.describe('Run a bash script over the workspace, as the caller.'));

const value = z.optional(z.object({ usd: z.number().check(z.gte(0)) }));
const claimed = z.optional(z.enum(EFFECT_CLASSES));

const http = z
  .object({
    kind: z.literal('http'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    url: z.string().check(z.maxLength(8000)),
    headers: z.optional(z.record(z.string(), z.string())),
    body: z.optional(z.string().check(z.maxLength(1_000_000))),
    secret: z
      .optional(
        z.object({
          name: z.string(),
          header: z.optional(z.string()).check(z.describe('The header it goes into; authorization when left out.')),
          query: z.optional(z.string()).check(z.describe('Or the query parameter it goes into.')),
          prefix: z.optional(z.string()).check(z.describe('Put before it, for example "Bearer ".')),
        }),
      )
      .check(z.describe('A secret that the kernel adds; you never see it.')),
    value: value.check(z.describe('What it costs or moves, when that is known.')),
    class: claimed,
  })
  .check(z.describe('One request to an address outside. Redirects are not followed.'));

const mcp = z
  .object({
    kind: z.literal('mcp'),
    server: z.string().check(z.minLength(1), z.maxLength(200)),
    tool: z.string().check(z.minLength(1), z.maxLength(200)),
    arguments: z._default(z.record(z.string(), z.unknown()), {}),
    value,
    class: claimed,
  })
  .check(z.describe('Call a tool of an MCP server.'));

const mcpTools = z
  .object({
    kind: z.literal('mcp-tools'),
    server: z.string().check(z.minLength(1), z.maxLength(200)),
    approve: z
      .optional(z.string())
      .check(z.describe('The digest of the offer that was looked at: approve exactly these tools.')),
  })
  .check(z.describe('Look at what an MCP server offers, or approve it; the operator decides.'));

const download = z
  .object({ kind: z.literal('download'), path: z.string().check(z.minLength(1)) })
  .check(z.describe("Save a file of the workspace onto the operator's disk; the operator's own call."));

/** Any object with a kind: what is not known is refused later, with words, as the strictest class. */
const unknownEffect = z.looseObject({ kind: z.string().check(z.minLength(1)) });

export const effectSchema = z.union([notify, bash, http, mcp, mcpTools, download, unknownEffect]);
export type NotifyEffect = z.infer<typeof notify>;
export type BashEffect = z.infer<typeof bash>;
export type HttpEffect = z.infer<typeof http>;
export type McpEffect = z.infer<typeof mcp>;
export type McpToolsEffect = z.infer<typeof mcpTools>;
export type DownloadEffect = z.infer<typeof download>;
export type Effect =
  | NotifyEffect
  | BashEffect
  | HttpEffect
  | McpEffect
  | McpToolsEffect
  | DownloadEffect
  | ({ kind: string } & Record<string, unknown>);

export const isNotify = (effect: Effect): effect is NotifyEffect => notify.safeParse(effect).success;
export const isBash = (effect: Effect): effect is BashEffect => bash.safeParse(effect).success;

export const isHttp = (effect: Effect): effect is HttpEffect => http.safeParse(effect).success;
export const isMcp = (effect: Effect): effect is McpEffect => mcp.safeParse(effect).success;
export const isMcpTools = (effect: Effect): effect is McpToolsEffect => mcpTools.safeParse(effect).success;
export const isDownload = (effect: Effect): effect is DownloadEffect => download.safeParse(effect).success;

export const strictest = (...classes: readonly (EffectClass | undefined)[]): EffectClass =>
  EFFECT_CLASSES[Math.max(...classes.map((one) => EFFECT_CLASSES.indexOf(one ?? 'read')))] ?? 'external-irreversible';

/**
 * Only a GET or HEAD is ever a mere read: reads go on when everything is stopped.
 * What an effect is when nobody consented to it as something milder (`as` in a grant). What the caller claims only counts
 * where it is stricter. A notice stays on this device; a bash line is its own syscalls, each of which passes the gate again.
 */
export const effectClass = (effect: Effect, consented?: EffectClass): EffectClass => {
  if (effect.kind === 'bash' || effect.kind === 'notify' || isDownload(effect) || isMcpTools(effect))
    return 'workspace';
  if (isHttp(effect)) {
    const looks = effect.method === 'GET' || effect.method === 'HEAD';
    const told = consented === 'read' && !looks ? undefined : consented;
    return strictest(told ?? (looks ? 'external-reversible' : 'external-irreversible'), effect.class);
  }
  return isMcp(effect) ? strictest(consented ?? 'external-irreversible', effect.class) : 'external-irreversible';
};

/** It leaves the device: it needs the network, and its end may never be known. */
export const isOutward = (effect: Effect): boolean => isHttp(effect) || isMcp(effect) || isMcpTools(effect);

/** It only looks: nothing is changed there, so it may be done again. */
export const looks = (effect: Effect): boolean =>
  isMcpTools(effect) || (isHttp(effect) && (effect.method === 'GET' || effect.method === 'HEAD'));

/** What consent binds to: SHA-256 over the canonical JSON of everything that will happen. */
export const consentHash = (what: { changes?: unknown; effect?: unknown }): string =>
  hashHex(canonicalJson({ changes: what.changes ?? null, effect: what.effect ?? null }));
