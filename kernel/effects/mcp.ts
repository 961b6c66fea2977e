/**
 * mcp: call one tool of one MCP server. Only a tool whose definition is the one the operator approved: it is looked at anew
 * before each call, and one that has changed is off until it is approved again.
 * A call that was sent and got no answer has no known end (`detail.unknown`).
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { isMcp } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { toolDigest } from '../protocol/mcp.ts';
import type { Carried, KnownServer } from '../protocol/ports.ts';
import type { Carry } from './carry.ts';
import { failed, toolsOf, withServer } from './mcp-session.ts';

const partText = (part: CallToolResult['content'][number]): string => {
  if (part.type === 'text') return part.text;
  const about = part.type === 'resource_link' ? part.uri : part.type === 'resource' ? part.resource.uri : part.mimeType;
  return `[${part.type}${about ? `: ${about}` : ''}]`;
};

const REVIEW = 'The operator looks at it, and approves it, with the effect { "kind": "mcp-tools", "server": "…" }.';

/** The definition that was approved, or why the tool may not be called as far as the record says. */
const digestOf = ({ server, approved }: KnownServer, tool: string): Result<string> => {
  if (!approved) return err('EACCES', `No tool of the MCP server ${server.name} is approved as it is now. ${REVIEW}`);
  const held = Object.hasOwn(approved.tools, tool) ? approved.tools[tool] : undefined;
  if (!held)
    return err('EACCES', `The tool ${tool} of ${server.name} is not among those that were approved. ${REVIEW}`);
  return held.changed === undefined
    ? ok(held.digest)
    : err('EACCES', `The tool ${tool} of ${server.name} changed after it was approved, so it is off. ${REVIEW}`);
};

export const mcp: Carry = async (sys, effect, options, known) => {
  if (!isMcp(effect))
    return err(
      'EINVAL',
      'An mcp effect names a server and a tool: { "kind": "mcp", "server": "…", "tool": "…", "arguments": {} }.',
    );
  if (!known) return err('ENOENT', `There is no MCP server ${effect.server} here.`);
  const { server } = known;
  const approved = digestOf(known, effect.tool);
  if (!approved.ok) return approved;

  return withServer<Carried>(server, options, sys.signal, async (session) => {
    const offered = (await toolsOf(session)).find(({ name }) => name === effect.tool);
    const digest = offered ? toolDigest(offered) : 'gone';
    if (digest !== approved.value)
      return err(
        'EACCES',
        `The tool ${effect.tool} of ${server.name} is not what was approved any more, so it is off and nothing was called. ${REVIEW}`,
        { detail: { changed: digest } },
      );
    try {
      // Not the client's callTool: it throws away an answer that does not fit the tool's output schema.
      const answer = await session.client.request(
        { method: 'tools/call', params: { name: effect.tool, arguments: effect.arguments } },
        (await import('@modelcontextprotocol/sdk/types.js')).CallToolResultSchema,
        session.request,
      );
      const said = session.scrub.text(answer.content.map(partText).join('\n'));
      const what = `${effect.tool} of ${server.name}`;
      return answer.isError === true
        ? err('EPROTO', `${what} failed: ${said}`)
        : ok({ said: said === '' ? `${what} answered with nothing.` : said });
    } catch (cause) {
      const refused = failed(session, server, cause, options);
      if (refused.ok || isAnswer(cause)) return refused;
      const { error } = refused;
      const message = `${error.message} Whether the call took effect there is not known.`;
      return { ok: false, error: { ...error, message, detail: { ...error.detail, unknown: true } } };
    }
  });
};

/** The client's own words for a call that got no answer; every other code came from the server. */
const NO_ANSWER = [-32_000, -32_001, -1, undefined];

/** Did the server itself say no: an error of the protocol, or an HTTP status? */
const isAnswer = (cause: unknown): boolean => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'number' && !NO_ANSWER.includes(code);
};
