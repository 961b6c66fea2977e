/**
 * A scripted turn as the Messages API would put it on the wire: one message, or the events of a stream.
 * Pure. The same turn gives the same message either way, and its usage is the same number in both.
 *
 * The shapes follow the public API: message_start carries input counts and one output token; message_delta
 * carries the cumulative final counts; tool input arrives as pieces of one JSON text.
 */
import type { ApiError, MessagesBody } from './messages-check.ts';

export type Usage = {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
};

export type Turn = {
  thinking?: string;
  text?: string;
  tools?: { name: string; input: unknown; id?: string }[];
  /** missing counts: input and output are estimated at four characters a token, cache counts are 0 */
  usage?: Partial<Usage>;
  /** default: `tool_use` when there are tools, else `end_turn` */
  stop?: 'end_turn' | 'tool_use' | 'max_tokens' | 'stop_sequence' | 'pause_turn' | 'refusal';
  /** waits this long before every delta */
  delayMs?: number;
  /** destroys the socket after this many deltas; 0 = right after message_start and the first block start */
  cutAfter?: number;
  /** answered instead of the turn; with `after` as an error event once that many deltas are out */
  error?: ApiError & { after?: number };
  /** true: never a byte; a number: that many milliseconds before the first byte */
  hang?: true | number;
};

type Block =
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'text'; text: string; citations: null }
  | { type: 'tool_use'; id: string; name: string; input: unknown; caller: { type: 'direct' } };

type Delta =
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'text_delta'; text: string }
  | { type: 'input_json_delta'; partial_json: string };

export type WireEvent =
  | { type: 'message_start'; message: object }
  | { type: 'content_block_start'; index: number; content_block: object }
  | { type: 'content_block_delta'; index: number; delta: Delta }
  | { type: 'content_block_stop'; index: number }
  | { type: 'message_delta'; delta: object; usage: object }
  | { type: 'message_stop' }
  | { type: 'ping' };

const pieceLength = 12;
const pingEvery = 20;

export function usageOf(turn: Turn, body: MessagesBody): Usage {
  const out = (turn.thinking ?? '').length + (turn.text ?? '').length + JSON.stringify(turn.tools ?? '').length;
  return {
    input_tokens: Math.ceil(JSON.stringify(body).length / 4),
    output_tokens: Math.ceil(out / 4),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    ...turn.usage,
  };
}

/** What a client knows once message_start has arrived. */
export const started = (usage: Usage): Usage => ({ ...usage, output_tokens: Math.min(1, usage.output_tokens) });

export function messageOf(turn: Turn, body: MessagesBody, n: number): object {
  return { ...shell(body, n, blocksOf(turn, n), usageOf(turn, body)), stop_reason: stopOf(turn) };
}

/** `n` is the number of the request: it makes the ids of messages and tool calls unique on one server. */
export function* eventsOf(turn: Turn, body: MessagesBody, n: number): Generator<WireEvent> {
  const usage = usageOf(turn, body);
  let deltas = 0;
  yield { type: 'message_start', message: shell(body, n, [], started(usage)) };
  for (const [index, block] of blocksOf(turn, n).entries()) {
    yield { type: 'content_block_start', index, content_block: emptied(block) };
    if (index === 0) yield { type: 'ping' };
    for (const delta of deltasOf(block)) {
      if (++deltas % pingEvery === 0) yield { type: 'ping' };
      yield { type: 'content_block_delta', index, delta };
    }
    yield { type: 'content_block_stop', index };
  }
  const delta = { container: null, stop_details: null, stop_reason: stopOf(turn), stop_sequence: null };
  yield { type: 'message_delta', delta, usage: { ...usage, output_tokens_details: null, server_tool_use: null } };
  yield { type: 'message_stop' };
}

export function errorBody(error: ApiError, requestId: string): object {
  return { type: 'error', error: { type: error.type, message: error.message }, request_id: requestId };
}

function shell(body: MessagesBody, n: number, content: Block[], usage: Usage): object {
  return {
    id: `msg_loopback${String(n).padStart(4, '0')}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: {
      ...usage,
      cache_creation: {
        ephemeral_5m_input_tokens: usage.cache_creation_input_tokens,
        ephemeral_1h_input_tokens: 0,
      },
      inference_geo: null,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'standard',
    },
  };
}

const stopOf = (turn: Turn) => turn.stop ?? (turn.tools?.length ? 'tool_use' : 'end_turn');

function blocksOf(turn: Turn, n: number): Block[] {
  const blocks: Block[] = [];
  if (turn.thinking) blocks.push({ type: 'thinking', thinking: turn.thinking, signature: 'c2lnbmVk' });
  if (turn.text) blocks.push({ type: 'text', text: turn.text, citations: null });
  for (const [index, tool] of (turn.tools ?? []).entries()) {
    const id = tool.id ?? `toolu_loopback${String(n).padStart(4, '0')}_${index}`;
    blocks.push({ type: 'tool_use', id, name: tool.name, input: tool.input, caller: { type: 'direct' } });
  }
  return blocks;
}

function emptied(block: Block): object {
  if (block.type === 'text') return { ...block, text: '' };
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return { ...block, input: {} };
}

function* deltasOf(block: Block): Generator<Delta> {
  if (block.type === 'text') {
    for (const text of pieces(block.text)) yield { type: 'text_delta', text };
  } else if (block.type === 'thinking') {
    for (const thinking of pieces(block.thinking)) yield { type: 'thinking_delta', thinking };
    yield { type: 'signature_delta', signature: block.signature };
  } else {
    yield { type: 'input_json_delta', partial_json: '' };
    for (const partial_json of pieces(JSON.stringify(block.input))) yield { type: 'input_json_delta', partial_json };
  }
}

/** Cut by code points, so that a piece never ends inside a surrogate pair. */
const pieces = (text: string): string[] => text.match(new RegExp(`[\\s\\S]{1,${pieceLength}}`, 'gu')) ?? [];
