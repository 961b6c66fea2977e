/**
 * What the Messages API refuses before a model sees it: a wrong key, a missing header, a malformed conversation.
 * Without these refusals a loop that forgets a tool_result passes here and fails on the first real call.
 * Returns the error to send, or undefined when the request is in order. Pure.
 */
import type { CorsMode } from './messages-cors.ts';

export type ApiError = { status: number; type: string; message: string; retryAfter?: number };

type Json = Record<string, unknown>;
export type MessagesBody = {
  model: string;
  max_tokens: number;
  messages: { role: string; content: string | Json[] }[];
  system?: string | Json[];
  tools?: Json[];
  stream?: boolean;
  [key: string]: unknown;
};

const bad = (message: string): ApiError => ({ status: 400, type: 'invalid_request_error', message });
const denied = (message: string): ApiError => ({ status: 401, type: 'authentication_error', message });

export function checkHeaders(headers: Record<string, string>, mode: CorsMode, key?: string): ApiError | undefined {
  if (mode === 'ollama') return undefined; // Ollama reads neither key nor version
  const browserHeader = 'anthropic-dangerous-direct-browser-access';
  if (headers['origin'] && headers[browserHeader] !== 'true') {
    return denied(`CORS requests must set '${browserHeader}' header`);
  }
  const given = headers['authorization']?.replace(/^Bearer\s+/i, '') ?? headers['x-api-key'];
  if (!given) return denied('x-api-key header is required');
  if (key !== undefined && given !== key) return denied('invalid x-api-key');
  if (!headers['anthropic-version']) return bad('anthropic-version: header is required');
  return undefined;
}

export function checkBody(body: MessagesBody | undefined): ApiError | undefined {
  if (!body || typeof body !== 'object') return bad('The request body is not valid JSON');
  if (typeof body.model !== 'string' || !body.model) return bad('model: Field required');
  if (!Number.isInteger(body.max_tokens) || body.max_tokens < 1) return bad('max_tokens: must be a positive integer');
  if (!Array.isArray(body.messages) || !body.messages.length) return bad('messages: at least one message is required');
  return checkTools(body) ?? checkBlocks(body) ?? checkPairs(body) ?? checkCache(body);
}

function checkTools(body: MessagesBody): ApiError | undefined {
  const names = new Set<unknown>();
  for (const [n, tool] of (body.tools ?? []).entries()) {
    if (tool['type'] !== undefined && tool['type'] !== 'custom') continue; // the API's own tools bring their schema
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool['name'])))
      return bad(`tools.${n}.custom.name: String should match pattern`);
    if (names.has(tool['name'])) return bad('tools: Tool names must be unique.');
    names.add(tool['name']);
    const schema = tool['input_schema'] as Json | undefined;
    if (schema?.['type'] !== 'object') return bad(`tools.${n}.custom.input_schema.type: Input should be 'object'`);
  }
  return undefined;
}

function checkBlocks(body: MessagesBody): ApiError | undefined {
  if (body.messages[0]?.role === 'assistant') return bad('messages: first message must use the "user" role');
  for (const [n, message] of body.messages.entries()) {
    if (message.role !== 'user' && message.role !== 'assistant') return bad(`messages.${n}.role: unexpected role`);
    const last = n === body.messages.length - 1;
    if (!message.content?.length && !(last && message.role === 'assistant')) {
      return bad(
        `messages.${n}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    for (const block of blocksOf(message)) {
      if (typeof block['type'] !== 'string') return bad(`messages.${n}.content: block without a type`);
      if (block['type'] === 'text' && !block['text']) return bad('messages: text content blocks must be non-empty');
    }
  }
  return undefined;
}

/** Each tool_use is answered in the very next message, and nothing else is answered there. */
function checkPairs(body: MessagesBody): ApiError | undefined {
  for (const [n, message] of body.messages.entries()) {
    const asked = message.role === 'assistant' ? ids(message, 'tool_use', 'id') : [];
    const next = body.messages[n + 1];
    const answered = next ? ids(next, 'tool_result', 'tool_use_id') : [];
    const open = asked.filter((id) => !answered.includes(id));
    if (open.length) {
      return bad(
        `messages.${n}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
          'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
      );
    }
    const previous = body.messages[n - 1];
    const known = previous?.role === 'assistant' ? ids(previous, 'tool_use', 'id') : [];
    const stray = ids(message, 'tool_result', 'tool_use_id').find((id) => !known.includes(id));
    if (stray !== undefined) {
      return bad(
        `messages.${n}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. ` +
          'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
      );
    }
    if ((asked.length || known.length) && !body.tools?.length) {
      return bad('Requests which have `tool_use` or `tool_result` blocks in messages must define tools.');
    }
  }
  return undefined;
}

function checkCache(body: MessagesBody): ApiError | undefined {
  const system = Array.isArray(body.system) ? body.system : [];
  const all = [...(body.tools ?? []), ...system, ...body.messages.flatMap(blocksOf)];
  const marked = all.filter((block) => block['cache_control']).length + (body['cache_control'] ? 1 : 0);
  if (marked > 4) return bad(`A maximum of 4 blocks with cache_control may be provided. Found ${marked}.`);
  return undefined;
}

const blocksOf = (message: MessagesBody['messages'][number]): Json[] =>
  Array.isArray(message.content) ? message.content : [];

const ids = (message: MessagesBody['messages'][number], type: string, key: string): string[] =>
  blocksOf(message).flatMap((block) => (block['type'] === type ? [String(block[key])] : []));
