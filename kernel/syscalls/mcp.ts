/**
 * What the gate knows of MCP servers: where they lie, and which tools the operator approved, in /system/mcp/<server>.json. It
 * hands both to the effects room with an effect that names a server, and keeps what comes of it.
 */
import { isMcp, isMcpTools, type Effect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { installedFile } from '../protocol/formats/records.ts';
import { approvedToolsFile, isServerName, type ApprovedTools, type McpServer } from '../protocol/mcp.ts';
import { parseAddress } from '../protocol/outside.ts';
import type { Carried } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { authorOf, type Kernel } from './kernel.ts';
import { CONSENT } from './proposal-record.ts';

const parsedJson = async (kernel: Kernel, path: string): Promise<unknown> => {
  const read = kernel.fs.stat(path) ? await kernel.fs.read(path, { as: 'text' }) : undefined;
  try {
    return read?.ok ? JSON.parse(String(read.value.content)) : undefined;
  } catch {
    return undefined;
  }
};

const ofPolicy = async (kernel: Kernel, name: string): Promise<McpServer | undefined> => {
  const { mcp } = await kernel.facts.policy();
  const found = Object.hasOwn(mcp, name) ? mcp[name] : undefined;
  if (!found) return undefined;
  const bearer: Record<string, string> =
    found.secret === undefined ? {} : { authorization: `Bearer \${${found.secret}}` };
  return { name, url: found.url, headers: { ...bearer, ...found.headers } };
};

const ofProgram = async (kernel: Kernel, program: string, server: string): Promise<McpServer | undefined> => {
  const active = kernel.fs.stat(installedFile(program)) && (await kernel.facts.programs());
  if (!active || !active.some(({ name, state }) => name === program && state === 'active')) return undefined;
  const { mcpEntrySchema, mcpFileSchema } = await import('../protocol/formats/mcp.ts');
  const file = mcpFileSchema.safeParse(await parsedJson(kernel, `/programs/${program}/mcp.json`));
  if (!file.success || !Object.hasOwn(file.data.mcpServers, server)) return undefined;
  const { success, data } = mcpEntrySchema.safeParse(file.data.mcpServers[server]);
  return success ? { name: `${program}/${server}`, url: data.url, headers: data.headers ?? {} } : undefined;
};

/** `<server>` of the operator's policy, or `<program>/<server>` of a program while it is active. */
export const serverOf = async (kernel: Kernel, name: string): Promise<McpServer | undefined> => {
  if (!isServerName(name)) return undefined;
  const [program = '', server] = name.split('/');
  const found = await (server === undefined ? ofPolicy(kernel, name) : ofProgram(kernel, program, server));
  const address = found && parseAddress(found.url);
  return found && address?.ok ? { ...found, url: address.value.href } : undefined;
};

/** What was approved, as long as the server is at the same address and is sent the same headers. */
const approvedOf = async (kernel: Kernel, server: McpServer): Promise<ApprovedTools | undefined> => {
  const record = (await parsedJson(kernel, approvedToolsFile(server.name))) as ApprovedTools | undefined;
  const same = JSON.stringify(record?.headers) === JSON.stringify(server.headers);
  return record?.url === server.url && same ? record : undefined;
};

const keep = async (kernel: Kernel, record: ApprovedTools, message: string): Promise<Result<unknown>> => {
  const path = approvedToolsFile(record.server);
  const base = kernel.fs.stat(path)?.revision ?? null;
  const content = `${JSON.stringify(record, null, 2)}\n`;
  return kernel.fs.write([{ op: 'put', path, content, base }], authorOf(CONSENT, message));
};

/** [E10] Off from here on, also when the server goes back to what it was. */
const turnOff = async (kernel: Kernel, server: McpServer, tool: string, changed: string): Promise<Result<unknown>> =>
  kernel.deciding(async () => {
    const record = await approvedOf(kernel, server);
    const held = record?.tools[tool];
    if (!record || !held) return ok(undefined);
    const tools = { ...record.tools, [tool]: { ...held, changed } };
    return keep(kernel, { ...record, tools }, `${tool} of ${server.name} is another now, and off`);
  });

/** [E9] Carry out an effect that the gate has decided on. */
export const carry = async (kernel: Kernel, sys: Sys, effect: Effect): Promise<Result<Carried>> => {
  if (!isMcp(effect) && !isMcpTools(effect)) return kernel.ports.effects.run(sys, effect);
  const server = await serverOf(kernel, effect.server);
  if (!server)
    return err(
      'ENOENT',
      `There is no MCP server ${effect.server} here: name it in policy (mcp), or activate its program.`,
    );
  const approved = await approvedOf(kernel, server);
  const done = await kernel.ports.effects.run(sys, effect, { server, approved });
  if (done.ok && done.value.approved) {
    const { approved: record, ...said } = done.value;
    const kept = await kernel.deciding(() => keep(kernel, record, `Approves the tools of ${server.name}`));
    return kept.ok ? ok(said) : kept;
  }
  const changed = done.ok ? undefined : done.error.detail?.['changed'];
  if (isMcp(effect) && typeof changed === 'string') await turnOff(kernel, server, effect.tool, changed);
  return done;
};
