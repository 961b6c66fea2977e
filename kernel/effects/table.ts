/**
 * Effects: the kinds this kernel can carry out, one file each and a row here. A kind without a row does not happen.
 * `bash` has no row: the gate runs a bash line as a process, whose syscalls are each judged again.
 */
import type { Carry } from './carry.ts';
import { download } from './download.ts';
import { http } from './http.ts';
import { notify } from './notify.ts';

export const EFFECTS: ReadonlyMap<string, Carry> = new Map([
  ['notify', notify],
  ['http', http],
  ['download', download],
  // Most workspaces have no MCP server.
  ['mcp', async (...call) => (await import('./mcp.ts')).mcp(...call)],
  ['mcp-tools', async (...call) => (await import('./mcp-tools.ts')).mcpTools(...call)],
]);
