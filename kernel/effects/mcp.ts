/**
 * mcp: one call of one tool, over streamable HTTP, with the official client. The tool's definition is what was consented
 * to: its digest is compared before the call, so a server cannot make another tool of it later. Where a server lies and
 * which digest is pinned comes from the gate.
 */
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { canonicalJson, hashHex } from '../protocol/bytes.ts';
import { isMcp } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parseAddress } from '../protocol/outside.ts';
import type { Carry } from './carry.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { scrubber } from './scrub.ts';

const PAGES = 50;
const SAID_CHARS = 100_000;

/** The client would compile schemas with `new Function`, which the content security policy refuses. */
const TRUSTING: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({ valid: true, data: input as T, errorMessage: undefined }),
};

type Part = { type: string; text?: string };

/** What a tool answered, as text: of anything else its kind. */
const wordsOf = (content: readonly Part[], structured: unknown): string => {
  const words = content.map((part) => (part.type === 'text' ? (part.text ?? '') : `[${part.type}]`)).join('\n');
  return words === '' && structured !== undefined ? JSON.stringify(structured) : words;
};

export const mcp: Carry = async (sys, effect, options, server) => {
  if (!isMcp(effect)) return err('EINVAL', 'An mcp effect names a server, a tool and arguments.');
  if (!server) return err('ENOENT', `There is no MCP server ${effect.server} here.`);
  const address = parseAddress(server.url);
  if (!address.ok) return address;
  const { origin, href } = address.value;
  const secret = server.secret === undefined ? ok('') : await options.secrets(server.secret, origin);
  if (!secret.ok) return secret;
  const scrub = scrubber([secret.value]);
  const [{ Client }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ]);
  const client = new Client({ name: 'allod', version: '1' }, { jsonSchemaValidator: TRUSTING });
  const signal = AbortSignal.any([sys.signal, AbortSignal.timeout(options.limits.ms)]);
  const within = { signal, timeout: options.limits.ms };
  let called = false;
  try {
    const transport = new StreamableHTTPClientTransport(new URL(href), {
      fetch: guardedFetch(options, origin, secret.value),
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 0,
        maxReconnectionDelay: 0,
        reconnectionDelayGrowFactor: 1,
      },
    });
    // Its `sessionId` may be undefined, which the exact types here call another thing than absent.
    await client.connect(transport as Parameters<typeof client.connect>[0], within);
    let definition: unknown;
    let cursor: string | undefined;
    for (let page = 0; page < PAGES && definition === undefined; page++) {
      const listed = await client.listTools(cursor === undefined ? {} : { cursor }, within);
      definition = listed.tools.find(({ name }) => name === effect.tool);
      cursor = listed.nextCursor;
      if (cursor === undefined) break;
    }
    if (definition === undefined) return err('ENOENT', `The MCP server ${effect.server} has no tool ${effect.tool}.`);
    const digest = hashHex(canonicalJson({ url: href, definition }));
    if (server.pinned !== undefined && server.pinned !== digest) {
      return err(
        'EACCES',
        `The MCP server ${effect.server} says something else of its tool ${effect.tool} than when you consented to it. It is not called until you accept the new definition.`,
        { detail: { offered: digest, definition: scrub.text(JSON.stringify(definition)).slice(0, SAID_CHARS) } },
      );
    }
    called = true;
    const answer = await client.callTool({ name: effect.tool, arguments: effect.arguments }, undefined, within);
    const content = Array.isArray(answer.content) ? (answer.content as Part[]) : [];
    const said = scrub.text(wordsOf(content, answer.structuredContent)).slice(0, SAID_CHARS);
    return answer.isError === true
      ? err('EPROTO', `${effect.tool} answered with an error: ${said}`, { detail: { pin: digest } })
      : ok({ said, pin: digest });
  } catch (cause) {
    return lost(cause, called, effect.server, scrub.text);
  } finally {
    await client.close().catch(() => undefined);
  }
};

/** Before the call nothing was done; after it the end is not known, unless the server said what was wrong. */
const lost = (cause: unknown, called: boolean, server: string, scrub: (text: string) => string): Result<never> => {
  const reason = scrub(cause instanceof Error ? cause.message : 'no reason given');
  if (called) {
    return err(
      'EIO',
      `The MCP server ${server} was asked and did not answer in full (${reason}). Whether it took effect there is not known.`,
      {
        detail: { unknown: true },
      },
    );
  }
  return err(
    'EIO',
    `The MCP server ${server} could not be asked (${reason}); no tool was called. Either it cannot be reached, or it does not let web pages call it (CORS: it must allow this origin and the header mcp-session-id).`,
  );
};
