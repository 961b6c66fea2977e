/**
 * mcp-tools: what an MCP server offers now, with a digest of the whole; with `approve`, exactly that offer is approved and
 * kept under /system/mcp. The gate lets nobody but the operator do it, or decide that it be done.
 */
import { isMcpTools } from '../protocol/effects.ts';
import { err, ok } from '../protocol/errors.ts';
import { offerDigest, toolDigest, type ApprovedTools, type McpTool } from '../protocol/mcp.ts';
import type { Carried } from '../protocol/ports.ts';
import type { Carry } from './carry.ts';
import { toolsOf, withServer } from './mcp-session.ts';

const stateOf = (tool: McpTool, record: ApprovedTools | undefined): 'new' | 'approved' | 'changed' => {
  const held = record && Object.hasOwn(record.tools, tool.name) ? record.tools[tool.name] : undefined;
  if (!held) return 'new';
  return held.changed === undefined && held.digest === toolDigest(tool) ? 'approved' : 'changed';
};

export const mcpTools: Carry = async (sys, effect, options, known) => {
  if (!isMcpTools(effect)) return err('EINVAL', 'Name the server: { "kind": "mcp-tools", "server": "…" }.');
  if (!known) return err('ENOENT', `There is no MCP server ${effect.server} here.`);
  const { server, approved: record } = known;
  return withServer<Carried>(server, options, sys.signal, async (session) => {
    const offered = await toolsOf(session);
    const digest = offerDigest(server, offered);
    const clean = (text: string): string => session.scrub.text(text);
    const tools = offered.map((tool) => ({
      name: clean(tool.name),
      description: clean(tool.description ?? ''),
      state: stateOf(tool, record),
    }));
    const lines = tools.map(({ name, description, state }) => `- ${name} (${state}): ${description}`).join('\n');
    if (effect.approve === undefined) {
      const said = `${server.name} at ${server.url} offers ${tools.length} tools. To approve exactly these: approve "${digest}".\n${lines}`;
      return ok({ said, offer: { digest, tools } });
    }
    if (effect.approve !== digest)
      return err('ESTALE', `${server.name} offers something else than what you approved. Look at it again:\n${lines}`);
    const approved: ApprovedTools = {
      server: server.name,
      url: server.url,
      headers: server.headers,
      digest,
      approvedAt: new Date(sys.now()).toISOString(),
      approvedBy: 'operator',
      tools: Object.fromEntries(
        offered.map((tool) => [
          tool.name,
          {
            digest: toolDigest(tool),
            description: clean(tool.description ?? ''),
            inputSchema: JSON.parse(clean(JSON.stringify(tool.inputSchema))) as unknown,
          },
        ]),
      ),
    };
    return ok({
      approved,
      said: `Approved ${tools.length} tools of ${server.name}.\n${lines}`,
      offer: { digest, tools },
    });
  });
};
