/**
 * MCP servers as mcp.json (Agent Plugins 1.0.0) and policy name them. What the kernel knows of one is ../mcp.ts.
 */
import * as z from 'zod';
import { parseAddress } from '../outside.ts';

export const MCP_SCHEMA = 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json';

const address = z.string().superRefine((text, context) => {
  const read = parseAddress(text);
  if (!read.ok) context.addIssue({ code: 'custom', message: `url: ${read.error.message}` });
});
/** A header may name a secret, as `Bearer ${KEY}`: the kernel puts it in on the way out. */
const headers = z.record(z.string(), z.string()).optional();

export const mcpFileSchema = z.strictObject({
  $schema: z.literal(MCP_SCHEMA, { error: `$schema must be exactly "${MCP_SCHEMA}"` }),
  mcpServers: z.record(z.string(), z.unknown()),
});
export const mcpEntrySchema = z.strictObject({ type: z.literal('streamable-http'), url: address, headers });
/** `secret` is sent as a bearer token. */
export const mcpPolicySchema = z.object({ url: address, secret: z.string().optional(), headers });
