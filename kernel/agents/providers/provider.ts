/**
 * A provider: something that answers one model turn. A real model behind an API, or a recording of one.
 * Contract: it never throws, never keeps state between turns that a retry could see, stops at once when the signal
 * aborts, and lets no secret into anything it returns or reports.
 */
import type { Result } from '../../protocol/errors.ts';
import type { ModelBlock, Usage } from '../../protocol/formats/records.ts';

/** The field of a tool call's input that holds what the model wrote when that was not JSON. */
export const NOT_JSON = 'not_json';

export type ToolSchema = {
  name: string;
  description: string;
  input_schema: { type: 'object'; [key: string]: unknown };
};
export type ToolResult = { type: 'tool_result'; tool_use_id: string; content: string; is_error?: boolean };
export type Message =
  | { role: 'assistant'; content: ModelBlock[] }
  | { role: 'user'; content: ({ type: 'text'; text: string } | ToolResult)[] };

/** One part of the system prompt. `cached`: all up to here stays the same between turns and mostly between runs. */
export type SystemPart = { text: string; cached: boolean };

export type ModelRequest = { system: SystemPart[]; tools: ToolSchema[]; messages: Message[] };

export type ModelTurn = { content: ModelBlock[]; stop: string; usage: Usage };

export type Hooks = {
  /** All text of this turn so far; shorter again when an attempt starts over. */
  text: (soFar: string) => void;
  /** Something the operator should find in the run's record. */
  note: (words: string) => void;
  /** Tokens of an attempt whose answer was lost; they are paid for all the same. */
  wasted: (usage: Usage) => void;
};

export type Provider = {
  /** As written in the record of each turn. */
  model: string;
  /** Tokens that a request may have; older results of tools are left out of longer ones. Undefined: no limit. */
  context?: number;
  /** The price of a turn in USD; undefined when no price is known. */
  cost: (usage: Usage) => number | undefined;
  /** Called once, before the first turn. */
  prepare: () => Promise<Result<void>>;
  stream: (request: ModelRequest, hooks: Hooks, signal: AbortSignal) => Promise<Result<ModelTurn>>;
};
