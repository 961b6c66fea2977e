/**
 * Puts one turn together from the events of its stream, in the shape it is sent back in. Thinking is kept with its
 * signature, as the API demands it back. Usage is known from the first event on, so a broken attempt can be counted.
 */
import { NOT_JSON } from './provider.ts';
import { emptyUsage, type ModelBlock, type Usage } from '../../protocol/formats/records.ts';
import type { ModelTurn } from './provider.ts';
import type { RawMessageStreamEvent } from './anthropic-client.ts';

type Growing = { block: ModelBlock; json: string };

const parseInput = (json: string): unknown => {
  try {
    return JSON.parse(json || '{}');
  } catch {
    // Cut off by max_tokens, or written badly. It is sent back as it came, inside an object as the API demands.
    return { [NOT_JSON]: json };
  }
};

export type TurnBuilder = {
  add: (event: RawMessageStreamEvent) => void;
  text: () => string;
  usage: () => Usage;
  /** Whether anything was said of usage yet. */
  told: () => boolean;
  turn: () => ModelTurn;
};

export const createTurn = (): TurnBuilder => {
  const growing = new Map<number, Growing>();
  let usage = emptyUsage();
  let told = false;
  let stop = '';

  const start = ({
    index,
    content_block: given,
  }: Extract<RawMessageStreamEvent, { type: 'content_block_start' }>): void => {
    let block: ModelBlock | undefined;
    if (given.type === 'text') block = { type: 'text', text: given.text };
    else if (given.type === 'thinking')
      block = { type: 'thinking', thinking: given.thinking, signature: given.signature };
    else if (given.type === 'redacted_thinking') block = { type: 'redacted_thinking', data: given.data };
    else if (given.type === 'tool_use')
      block = { type: 'tool_use', id: given.id, name: given.name, input: given.input };
    if (block) growing.set(index, { block, json: '' });
  };

  const grow = ({ index, delta }: Extract<RawMessageStreamEvent, { type: 'content_block_delta' }>): void => {
    const part = growing.get(index);
    if (!part) return;
    const { block } = part;
    if (delta.type === 'text_delta' && block.type === 'text') block.text += delta.text;
    else if (delta.type === 'thinking_delta' && block.type === 'thinking') block.thinking += delta.thinking;
    else if (delta.type === 'signature_delta' && block.type === 'thinking') block.signature = delta.signature;
    else if (delta.type === 'input_json_delta') part.json += delta.partial_json;
  };

  const blocks = (): ModelBlock[] => [...growing.entries()].sort(([a], [b]) => a - b).map(([, { block }]) => block);

  return {
    add: (event) => {
      if (event.type === 'message_start') {
        told = true;
        const first = event.message.usage;
        const hour = first.cache_creation?.ephemeral_1h_input_tokens ?? 0;
        usage = {
          input: first.input_tokens,
          output: first.output_tokens,
          cacheWrite: first.cache_creation_input_tokens ?? 0,
          cacheRead: first.cache_read_input_tokens ?? 0,
          ...(hour > 0 ? { cacheWriteHour: hour } : {}),
        };
      } else if (event.type === 'content_block_start') start(event);
      else if (event.type === 'content_block_delta') grow(event);
      else if (event.type === 'content_block_stop') {
        const part = growing.get(event.index);
        if (part?.block.type === 'tool_use' && part.json !== '') part.block.input = parseInput(part.json);
      } else if (event.type === 'message_delta') {
        // These counts are totals, and take the place of the first ones.
        told = true;
        const last = event.usage;
        usage = {
          ...usage,
          input: last.input_tokens ?? usage.input,
          output: last.output_tokens,
          cacheWrite: last.cache_creation_input_tokens ?? usage.cacheWrite,
          cacheRead: last.cache_read_input_tokens ?? usage.cacheRead,
        };
        stop = event.delta.stop_reason ?? stop;
      }
    },
    text: () =>
      blocks()
        .flatMap((block) => (block.type === 'text' ? [block.text] : []))
        .join('\n\n'),
    usage: () => usage,
    told: () => told,
    // The API refuses an empty text block when it is sent back.
    turn: () => ({ content: blocks().filter((block) => block.type !== 'text' || block.text !== ''), stop, usage }),
  };
};
