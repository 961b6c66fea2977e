/**
 * mcp.json, as Agent Plugins 1.0.0 defines it: `$schema` and `mcpServers`, nothing else. A bad file drops all servers, a
 * bad or unusable server is left out alone; each with a warning. Reading it connects to nothing.
 */
import { mcpEntrySchema, mcpFileSchema } from '../protocol/formats/mcp.ts';
import type { TextReader } from './text-reader.ts';
import type { Files } from './unzip.ts';

const FILE = 'mcp.json';

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
  const parsed = mcpFileSchema.safeParse(data);
  if (!parsed.success) return dropped(`${parsed.error.issues[0]?.message ?? 'has an unexpected shape'}.`);

  const mcpServers: { name: string; url: string }[] = [];
  const warnings: string[] = [];
  for (const [name, raw] of Object.entries(parsed.data.mcpServers)) {
    const type = raw !== null && typeof raw === 'object' && 'type' in raw ? raw.type : undefined;
    const server = mcpEntrySchema.safeParse(raw);
    if (server.success) {
      mcpServers.push({ name, url: server.data.url });
      warnings.push(
        `${FILE}: server "${name}" (${server.data.url}) is called only when its address is on egress and you approved its tools.`,
      );
    } else if (type === 'stdio') {
      warnings.push(`${FILE}: server "${name}" is skipped: stdio starts a local process, which cannot run here.`);
    } else if (type === 'sse') {
      warnings.push(`${FILE}: server "${name}" is skipped: only streamable-http can be used here.`);
    } else {
      warnings.push(`${FILE}: server "${name}" is skipped: ${server.error.issues[0]?.message ?? 'unexpected shape'}`);
    }
  }
  return { mcpServers, warnings };
};
