/**
 * Which MCP server a name stands for: `<name>` of policy, or `<program>/<name>` of an active program's mcp.json. Read through
 * the handle, each time: what policy or a program says now holds. [E1] Its address must be on `egress`, whoever asks.
 */
import { installedFile, type InstalledProgram } from '../protocol/formats/records.ts';
import { POLICY, PROGRAMS } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { mcpEntrySchema, mcpFileSchema } from '../protocol/formats/mcp.ts';
import { parsePolicy, type Policy } from '../protocol/formats/policy.ts';
import { approvedToolsFile, isServerName, type ApprovedTools, type McpServer } from '../protocol/mcp.ts';
import { isOnEgress, parseAddress } from '../protocol/outside.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

const json = async (sys: Sys, path: Path): Promise<unknown> => {
  const read = await sys.read(path, { as: 'text' });
  if (!read.ok) return undefined;
  try {
    return JSON.parse(String(read.value.content));
  } catch {
    return undefined;
  }
};

const ofProgram = async (sys: Sys, program: string, name: string): Promise<Omit<McpServer, 'name'> | undefined> => {
  const record = (await json(sys, installedFile(program))) as InstalledProgram | undefined;
  if (record?.state !== 'active') return undefined;
  const file = mcpFileSchema.safeParse(await json(sys, `${PROGRAMS}/${program}/mcp.json`));
  if (!file.success || !Object.hasOwn(file.data.mcpServers, name)) return undefined;
  const entry = mcpEntrySchema.safeParse(file.data.mcpServers[name]);
  return entry.success ? entry.data : undefined;
};

const policyOf = async (sys: Sys): Promise<Policy | undefined> => {
  const read = await sys.read(POLICY, { as: 'text' });
  const parsed = read.ok ? parsePolicy(POLICY, String(read.value.content)) : read;
  return parsed.ok ? parsed.value : undefined;
};

export const serverNamed = async (sys: Sys, name: string): Promise<Result<McpServer>> => {
  const unknown = err(
    'ENOENT',
    `There is no MCP server ${name.slice(0, 100)}. Those of an active program are <program>/<server>; others stand under mcp in ${POLICY}.`,
  );
  if (!isServerName(name)) return unknown;
  const policy = await policyOf(sys);
  const [program = '', server] = name.split('/');
  const own = policy?.mcp && Object.hasOwn(policy.mcp, name) ? policy.mcp[name] : undefined;
  const found = server === undefined ? own : await ofProgram(sys, program, server);
  if (!found) return unknown;
  const address = parseAddress(found.url);
  if (!address.ok) return address;
  if (!isOnEgress(address.value, policy?.egress ?? []))
    return err(
      'EACCES',
      `${address.value.origin}, where the MCP server ${name} is, is not on the list of places to reach (egress in ${POLICY}).`,
    );
  return ok({ name, url: address.value.href, ...(found.headers ? { headers: found.headers } : {}) });
};

/** Undefined when none were approved, or not for this address and these headers. */
export const approvedTools = async (sys: Sys, server: McpServer): Promise<ApprovedTools | undefined> => {
  const record = (await json(sys, approvedToolsFile(server.name))) as ApprovedTools | undefined;
  const same = JSON.stringify(record?.headers ?? {}) === JSON.stringify(server.headers ?? {});
  return record?.url === server.url && same ? record : undefined;
};
