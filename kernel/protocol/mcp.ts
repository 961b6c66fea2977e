/**
 * An MCP server, its tools, and the record of those an operator approved. Pure. A server of a program is called
 * `<program>/<server>`, so that no program speaks for another's; one of policy has a name without a slash.
 */
import type { Actor } from './actor.ts';
import { canonicalJson, hashHex } from './bytes.ts';
import type { Path } from './paths.ts';

const SERVER = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,63})(?:\/[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,63}))?$/;
export const isServerName = (name: string): boolean => SERVER.test(name);

/** A header may name a secret, as `Bearer ${KEY}`: the kernel puts it in on the way out. */
export type McpServer = { name: string; url: string; headers: Record<string, string> };

export type McpTool = {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: unknown;
  outputSchema?: unknown;
  annotations?: unknown;
};

/** /system/mcp/<server>.json: the tools that were approved, as they were then. Agents read it to know what they may call. */
export type ApprovedTools = {
  server: string;
  url: string;
  headers: Record<string, string>;
  /** Of the whole offer: what the operator consented to. */
  digest: string;
  approvedAt: string;
  approvedBy: Actor;
  /** `changed`: it was found to be something else since, and is off until it is approved again. */
  tools: Record<string, { digest: string; description: string; inputSchema: unknown; changed?: string }>;
};

/** What an MCP server offers; approving takes the digest. */
export type ToolOffer = {
  digest: string;
  tools: { name: string; description: string; state: 'new' | 'approved' | 'changed' }[];
};

export const MCP: Path = '/system/mcp';
export const approvedToolsFile = (server: string): Path => `${MCP}/${server}.json`;

/** Everything of a tool that a model or an operator decides by. */
export const toolDigest = ({ name, title, description, inputSchema, outputSchema, annotations }: McpTool): string =>
  hashHex(canonicalJson({ name, title, description, inputSchema, outputSchema, annotations }));

export const offerDigest = ({ url, headers }: McpServer, tools: readonly McpTool[]): string =>
  hashHex(canonicalJson({ url, headers, tools: tools.map(toolDigest).sort() }));
