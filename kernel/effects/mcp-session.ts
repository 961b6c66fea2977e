/**
 * A short conversation with one MCP server, through the official client: connect, do, leave. It reaches exactly the server's
 * address and nothing else: no redirects, no sign-in pages, no standing stream. Secrets that its headers name are put in here.
 * The library is loaded on first use.
 */
import { err, ok, SysFailure, type Result } from '../protocol/errors.ts';
import { toolDigest, type McpServer, type McpTool } from '../protocol/mcp.ts';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { EffectsOptions } from './carry.ts';
import { scrubber, type Scrub } from './scrub.ts';

const MOST_PAGES = 50;
const TOO_LONG = 'too long';
const fail = (code: 'EACCES' | 'EIO' | 'EPROTO', message: string): never => {
  throw new SysFailure(err(code, message).error);
};

const headersOf = async (
  { url, headers }: McpServer,
  options: EffectsOptions,
): Promise<Result<{ headers: Record<string, string>; scrub: Scrub }>> => {
  const used: string[] = [];
  const out: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    let value = text;
    for (const [whole, secret = ''] of text.matchAll(/\$\{([A-Z][A-Z0-9_]{0,63})\}/g)) {
      const held = await options.secrets(secret, new URL(url).origin);
      if (!held.ok) return held;
      used.push(held.value);
      value = value.replace(whole, () => held.value);
    }
    out[name] = value;
  }
  return ok({ headers: out, scrub: scrubber(used) });
};

/** At most so many bytes of one answer; one that goes on ends the conversation, since the library would wait on. */
const limited = (body: ReadableStream<Uint8Array>, bytes: number, tooLong: () => void): ReadableStream<Uint8Array> => {
  let read = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => {
        read += chunk.length;
        if (read <= bytes) return out.enqueue(chunk);
        tooLong();
        out.error(new Error('too long'));
      },
    }),
  );
};

const fenced =
  (server: McpServer, options: EffectsOptions, signal: AbortSignal, tooLong: () => void): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (new URL(url).href !== server.url) fail('EACCES', `It may reach ${server.url} and no other address.`);
    // A stream that stays open would outlive the call.
    if ((init?.method ?? 'GET') === 'GET') return new Response(null, { status: 405 });
    const response = await options.fetch(url, {
      ...init,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: init?.signal ? AbortSignal.any([signal, init.signal]) : signal,
    });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel().catch(() => undefined);
      fail('EACCES', `The server at ${server.url} answered with a redirect. Redirects are not followed.`);
    }
    const { status, headers } = response;
    return new Response(response.body && limited(response.body, options.limits.bytes, tooLong), { status, headers });
  };

export type Session = { client: Client; scrub: Scrub; request: { signal: AbortSignal; timeout: number } };

/** `body` may throw: what went wrong is for the caller to say. */
export const withServer = async <T>(
  server: McpServer,
  options: EffectsOptions,
  stopped: AbortSignal,
  body: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const prepared = await headersOf(server, options);
  const long = new AbortController();
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(options.limits.ms), long.signal]);
  if (!prepared.ok) return prepared;
  const { headers, scrub } = prepared.value;
  const [{ Client: McpClient }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ]);
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: fenced(server, options, signal, () => long.abort(TOO_LONG)),
    requestInit: { headers },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  // The library's own validator compiles schemas to code, which the content security policy refuses.
  const jsonSchemaValidator = {
    getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }),
  };
  const client = new McpClient({ name: 'allod', version: '0.1.0' }, { jsonSchemaValidator });
  const request = { signal, timeout: options.limits.ms };
  try {
    await client.connect(transport as never, request);
    return await body({ client, scrub, request });
  } catch (cause) {
    return failed({ client, scrub, request }, server, cause, options);
  } finally {
    await transport.terminateSession().catch(() => undefined);
    await client.close().catch(() => undefined);
  }
};

/** What went wrong before anything was asked of a tool, in words without a secret in them. */
export const failed = (
  { scrub, request: { signal } }: Session,
  server: McpServer,
  cause: unknown,
  options: EffectsOptions,
): Result<never> => {
  if (cause instanceof SysFailure) return { ok: false, error: cause.error };
  if (signal.reason === TOO_LONG)
    return err('EPROTO', `The MCP server ${server.name} answered with more than ${options.limits.bytes} bytes.`);
  if (signal.aborted)
    return err(
      'ETIMEDOUT',
      `The MCP server ${server.name} was stopped, or did not answer within ${options.limits.ms / 1000} s.`,
    );
  const reason = scrub.text(cause instanceof Error ? cause.message : 'no reason given').slice(0, 2000);
  return cause instanceof TypeError
    ? err(
        'EIO',
        `The MCP server ${server.name} got no answer through (${reason}). It cannot be reached, or it does not let web pages call it (CORS: it must allow this origin, the headers content-type, mcp-session-id, mcp-protocol-version and those it is configured with, and expose mcp-session-id).`,
      )
    : err('EPROTO', `The MCP server ${server.name} answered with an error: ${reason}`);
};

export const toolsOf = async ({ client, request }: Session): Promise<McpTool[]> => {
  const tools = new Map<string, McpTool>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor }, request);
    for (const tool of answer.tools) {
      const held = tools.get(tool.name);
      if (held && toolDigest(held) !== toolDigest(tool))
        fail('EPROTO', `The server names two tools ${tool.name}, so neither can be told apart.`);
      tools.set(tool.name, tool);
    }
    cursor = answer.nextCursor;
    if (cursor === undefined) return [...tools.values()];
  }
  return fail('EPROTO', 'The server goes on listing tools without an end.');
};
