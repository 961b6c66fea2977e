/**
 * An MCP server over streamable HTTP, made with the official SDK: `echo` says back what it got and the key it was asked
 * with, `fail` answers with an error, `hang` drops the connection. What it says of `echo` may be changed while it runs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowAnyPage } from './cors.ts';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';

export type McpHost = {
  url: string;
  /** The arguments of every call, in order. */
  calls: unknown[];
  options: { says: string; redirect?: string; closed?: boolean };
  close: () => Promise<void>;
};

export async function startMcp(): Promise<McpHost> {
  const calls: unknown[] = [];
  const options: McpHost['options'] = { says: 'Says it back' };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!options.closed && allowAnyPage(request, response)) return;
    if (options.redirect) return void response.writeHead(307, { location: options.redirect }).end();
    const server = new McpServer({ name: 'loopback', version: '1' });
    server.registerTool('echo', { description: options.says, inputSchema: { text: z.string() } }, async ({ text }) => {
      calls.push({ text });
      return { content: [{ type: 'text', text: `${text} ${request.headers.authorization ?? ''}` }] };
    });
    server.registerTool('fail', {}, async () => ({
      isError: true,
      content: [{ type: 'text', text: 'no such order' }],
    }));
    server.registerTool('hang', {}, async () => {
      calls.push('hang');
      response.destroy();
      return { content: [] };
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    // Its `sessionId` may be undefined, which the exact types here call another thing than absent.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  };
  const http = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    calls,
    options,
    close: () =>
      new Promise((closed) => {
        http.close(() => closed());
        http.closeAllConnections();
      }),
  };
}
