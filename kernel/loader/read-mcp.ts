/**
 * mcp.json, as Agent Plugins 1.0.0 defines it: `$schema` and `mcpServers`, nothing else. A bad file drops all servers, a
 * bad or unusable server is left out alone; each with a warning. Reading it connects to nothing.
 */
import * as z from 'zod';
import type { TextReader } from './text-reader.ts';
import { isLoopback } from './loopback.ts';
import type { Files } from './unzip.ts';

const FILE = 'mcp.json';
const MCP_SCHEMA = 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json';

const fileSchema = z.strictObject({
  $schema: z.literal(MCP_SCHEMA, { error: `$schema must be exactly "${MCP_SCHEMA}"` }),
  mcpServers: z.record(z.string(), z.unknown()),
});
const reachable = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
};
const httpSchema = z.strictObject({
  type: z.literal('streamable-http'),
  url: z.string().refine(reachable, 'url must be https, or http on this device'),
  headers: z.record(z.string(), z.string()).optional(),
});

export const readMcp = (
  files: Files,
  text: TextReader,
): { mcpServers: { name: string; url: string }[]; warnings: string[] } => {
  if (!files.has(FILE)) return { mcpServers: [], warnings: [] };
  const dropped = (why: string) => ({ mcpServers: [], warnings: [`${FILE}: ${why} None of its servers is used.`] });
  const source = text(FILE);
  if (!source.ok) return dropped(source.error.message);
  let data: unknown;
  try {
    data = JSON.parse(source.value);
  } catch {
    return dropped('is not valid JSON.');
  }
  const parsed = fileSchema.safeParse(data);
  if (!parsed.success) return dropped(`${parsed.error.issues[0]?.message ?? 'has an unexpected shape'}.`);

  const mcpServers: { name: string; url: string }[] = [];
  const warnings: string[] = [];
  for (const [name, raw] of Object.entries(parsed.data.mcpServers)) {
    const type = raw !== null && typeof raw === 'object' && 'type' in raw ? raw.type : undefined;
    const server = httpSchema.safeParse(raw);
    if (server.success) {
      mcpServers.push({ name, url: server.data.url });
      if (server.data.headers)
        warnings.push(`${FILE}: headers of server "${name}" are not sent: keys are secrets of yours, named in policy.`);
    } else if (type === 'stdio') {
      warnings.push(`${FILE}: server "${name}" is skipped: stdio starts a local process, which cannot run here.`);
    } else if (type === 'sse') {
      warnings.push(`${FILE}: server "${name}" is skipped: only streamable-http can be used here.`);
    } else {
      warnings.push(`${FILE}: server "${name}" is skipped: ${server.error.issues[0]?.message ?? 'unexpected shape'}.`);
    }
  }
  return { mcpServers, warnings };
};
