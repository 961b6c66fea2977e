/**
 * An MCP server built with the official SDK, stateful over streamable HTTP, whose tools a test may change while it runs.
 * Every request is kept: method, headers, the JSON-RPC method.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowAnyPage } from './cors.ts';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';

export type McpStandIn = {
  url: string;
  /** What it lists; change it to pull the rug. */
  tools: Tool[];
  /** What a call answers. */
  answer: (name: string, input: Record<string, unknown>, headers: Record<string, unknown>) => Promise<CallToolResult>;
  calls: { name: string; input: unknown }[];
  requests: { method: string; rpc: string; headers: Record<string, unknown> }[];
  /** Answers every request so, before MCP is spoken at all. */
  instead: ((response: ServerResponse) => void) | undefined;
  /** May a web page at another origin call it? */
  cors: boolean;
  close: () => Promise<void>;
};

export const TIDES: Tool = {
  name: 'get_tides',
  description: 'High and low water at a harbour.',
  inputSchema: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
  outputSchema: { type: 'object', properties: { high: { type: 'string' } } },
};
export const SEND: Tool = { name: 'send_mail', description: 'Sends a mail.', inputSchema: { type: 'object' } };

const jsonOf = async (request: IncomingMessage): Promise<{ method?: string } | undefined> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : (JSON.parse(Buffer.concat(parts).toString('utf8')) as { method?: string });
};

export const refuse = (code: number): McpError => new McpError(code, 'no such harbour');

export async function startMcp(): Promise<McpStandIn> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const server = new Server({ name: 'tides', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: stand.tools }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestInfo }) => {
      stand.calls.push({ name: params.name, input: params.arguments });
      return stand.answer(params.name, params.arguments ?? {}, requestInfo?.headers ?? {});
    });
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport as never);
    return transport;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await jsonOf(request);
    stand.requests.push({ method: request.method ?? '', rpc: body?.method ?? '', headers: request.headers });
    if (stand.cors && allowAnyPage(request, response)) return;
    if (stand.instead) return stand.instead(response);
    const session = String(request.headers['mcp-session-id'] ?? '');
    const transport = sessions.get(session) ?? (await open());
    await transport.handleRequest(request, response, body);
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stand: McpStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    tools: [TIDES, SEND],
    answer: async (name, input) => ({
      content: [{ type: 'text', text: `${name} ${JSON.stringify(input)}` }],
      structuredContent: { high: '09:12' },
    }),
    calls: [],
    requests: [],
    instead: undefined,
    cors: true,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return stand;
}
