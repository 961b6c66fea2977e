/**
 * What the gate knows of MCP servers: where they lie, and which definition of each tool was consented to. The first call
 * that consent allows pins it, in /system/mcp/<server>.json; another definition is kept there as offered, and disables the
 * tool until the operator accepts it by its digest.
 */
import * as z from 'zod/mini';
import { isMcp, type Effect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parseAddress } from '../protocol/outside.ts';
import type { Carried, McpServer } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { authorOf, type Caller, type Kernel } from './kernel.ts';
import { CONSENT } from './proposal-record.ts';

type Pin = { digest: string; at: string };
export type McpRecord = {
  server: string;
  tools: Record<string, Pin>;
  offered: Record<string, Pin & { definition: string }>;
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$/;
const fileOf = (server: string): string => `/system/mcp/${server}.json`;
const manifest = z.object({ mcpServers: z.record(z.string(), z.unknown()) });
const entry = z.object({ type: z.literal('streamable-http'), url: z.string() });
const accept = z.object({ kind: z.literal('mcp-accept'), server: z.string(), tool: z.string(), digest: z.string() });

const parsedJson = async (kernel: Kernel, path: string): Promise<unknown> => {
  const read = kernel.fs.stat(path) ? await kernel.fs.read(path, { as: 'text' }) : undefined;
  try {
    return read?.ok ? JSON.parse(String(read.value.content)) : undefined;
  } catch {
    return undefined;
  }
};

/** `<server>` of the operator's policy, or `<program>/<server>` of a program while it is active. */
export const serverOf = async (kernel: Kernel, name: string): Promise<Omit<McpServer, 'pinned'> | undefined> => {
  if (!NAME.test(name)) return undefined;
  const [program = '', server] = name.split('/');
  if (server === undefined) {
    const policy = await kernel.facts.policy();
    return Object.hasOwn(policy.mcp, name) ? policy.mcp[name] : undefined;
  }
  const active = (await kernel.facts.programs()).some((one) => one.name === program && one.state === 'active');
  const file = active ? manifest.safeParse(await parsedJson(kernel, `/programs/${program}/mcp.json`)) : undefined;
  const found =
    file?.success && Object.hasOwn(file.data.mcpServers, server)
      ? entry.safeParse(file.data.mcpServers[server])
      : undefined;
  return found?.success && parseAddress(found.data.url).ok ? { url: found.data.url } : undefined;
};

const recordOf = async (kernel: Kernel, server: string): Promise<McpRecord> =>
  ((await parsedJson(kernel, fileOf(server))) as McpRecord | undefined) ?? { server, tools: {}, offered: {} };

const update = async (
  kernel: Kernel,
  caller: Pick<Caller, 'actor' | 'run' | 'cause'>,
  server: string,
  change: (held: McpRecord) => McpRecord | undefined,
  message: string,
): Promise<Result<unknown>> =>
  kernel.deciding(async () => {
    const held = await recordOf(kernel, server);
    const next = change(held);
    if (!next) return ok(undefined);
    const path = fileOf(server);
    const base = kernel.fs.stat(path)?.revision ?? null;
    const content = `${JSON.stringify(next, null, 2)}\n`;
    return kernel.fs.write([{ op: 'put', path, content, base }], authorOf(caller, message));
  });

/** [E9] Carry out an effect; for a tool of an MCP server with what is pinned, and keeping what comes of it. */
export const carry = async (kernel: Kernel, sys: Sys, effect: Effect): Promise<Result<Carried>> => {
  if (!isMcp(effect)) return kernel.ports.effects.run(sys, effect);
  const { server, tool } = effect;
  const found = await serverOf(kernel, server);
  if (!found)
    return err('ENOENT', `There is no MCP server ${server} here: name it in policy (mcp), or activate its program.`);
  const { tools } = await recordOf(kernel, server);
  const pinned = Object.hasOwn(tools, tool) ? tools[tool]?.digest : undefined;
  const done = await kernel.ports.effects.run(sys, effect, { ...found, ...(pinned ? { pinned } : {}) });
  const detail = done.ok ? { pin: done.value.pin } : (done.error.detail ?? {});
  const at = new Date(kernel.now()).toISOString();
  if (typeof detail['pin'] === 'string' && pinned === undefined) {
    const pin = { digest: detail['pin'], at };
    // Who was first has pinned it.
    const first = (held: McpRecord) =>
      Object.hasOwn(held.tools, tool) ? undefined : { ...held, tools: { ...held.tools, [tool]: pin } };
    await update(kernel, CONSENT, server, first, `Pins ${tool} of ${server}`);
  }
  if ('offered' in detail && typeof detail.offered === 'string') {
    const offered = { digest: detail.offered, definition: String(detail['definition']), at };
    const keep = (held: McpRecord) => ({ ...held, offered: { ...held.offered, [tool]: offered } });
    await update(kernel, CONSENT, server, keep, `${tool} of ${server} is another now`);
  }
  return done;
};

/** The operator accepts what is offered, by its digest; no network is needed for it. */
export const acceptTool = async (kernel: Kernel, caller: Caller, effect: Effect): Promise<Result<{ said: string }>> => {
  const asked = accept.safeParse(effect);
  if (!asked.success || !NAME.test(asked.data.server))
    return err('EINVAL', 'Name server, tool and the digest of the definition that you accept.');
  const { server, tool, digest } = asked.data;
  let found = false;
  const move = (held: McpRecord): McpRecord | undefined => {
    const { [tool]: offer, ...offered } = held.offered;
    found = offer?.digest === digest;
    const pin = { digest, at: new Date(kernel.now()).toISOString() };
    return found ? { ...held, tools: { ...held.tools, [tool]: pin }, offered } : undefined;
  };
  const written = await update(kernel, caller, server, move, `Accepts ${tool} of ${server}`);
  if (!written.ok) return written;
  return found
    ? ok({ said: `${tool} of ${server} may be called again` })
    : err('ESTALE', `This is not what ${server} offers as ${tool} now.`);
};
