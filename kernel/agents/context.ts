/**
 * Keeps what is sent within a model's context. Over the limit, results (and long inputs) of the oldest tool calls give way
 * to a line that says what stood there and where it stands in the run's record; what was asked, what was said, thinking
 * and the newest turns stay. How many calls were cleared is a note on record, so that a run that is taken up again goes on
 * with the very same conversation.
 */
import { ok, type Result } from '../protocol/errors.ts';
import { parseRecord, type ModelBlock, type RunRecord } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Message, ToolResult } from './providers/provider.ts';

/** Text has seldom less. */
const BYTES_PER_TOKEN = 3.5;
/** Turns with tool calls that stay in full as long as older ones make room enough. */
const KEEP_TURNS = 3;
/** What is shorter than this is left as it is: saying where it stands is no shorter. */
const SHORT = 600;
const HEAD = 200;

type ToolUse = Extract<ModelBlock, { type: 'tool_use' }>;
/** Where the outcome of a call stands in the run's record: the line, counted from 1, and its characters. */
type Place = { record: number; offset: number; length: number };
/** By turn with tool calls, counted from 1, and id: some servers give the same ids again in each turn. */
export type Places = ReadonlyMap<string, Place>;
const placeKey = (turn: number, id: string): string => `${turn}/${id}`;

export const tokensIn = (value: unknown): number =>
  Math.ceil(new TextEncoder().encode(JSON.stringify(value)).length / BYTES_PER_TOKEN);

export const toolUses = (content: readonly ModelBlock[]): ToolUse[] =>
  content.filter((block) => block.type === 'tool_use');

export const placesIn = (text: string): Places => {
  const places = new Map<string, Place>();
  let offset = 0;
  let turn = 0;
  for (const [at, line] of text.split('\n').entries()) {
    const record = parseRecord(line);
    if (record?.t === 'model' && toolUses(record.content).length > 0) turn++;
    if (record?.t === 'tool') places.set(placeKey(turn, record.id), { record: at + 1, offset, length: line.length });
    offset += line.length + 1;
  }
  return places;
};

const subjectOf = ({ name, input }: ToolUse): string => {
  const { path, query, script, target } = (input ?? {}) as Record<string, unknown>;
  const subject = [path, query, script, target].find((value) => typeof value === 'string');
  return typeof subject === 'string' ? `${name} ${subject.split('\n', 1)[0]?.slice(0, 120)}` : name;
};

const shortInput = (value: unknown): unknown => {
  if (typeof value === 'string')
    return value.length <= SHORT
      ? value
      : `${value.slice(0, HEAD)}[${value.length - HEAD} more characters were sent; left out here]`;
  if (Array.isArray(value)) return value.map(shortInput);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortInput(item)]));
};

const shortResult = (call: ToolUse, result: ToolResult, file: Path, place: Place | undefined): ToolResult => {
  const { content } = result;
  if (content.length <= SHORT) return result;
  const where = place
    ? `In full: record ${place.record} of ${file}; read it with offset ${place.offset}, length ${place.length}.`
    : `In full: in ${file}.`;
  return {
    ...result,
    content: `[${subjectOf(call)}: ${content.length} characters, left out here to save room. ${where}]`,
  };
};

type Cleared = { file: Path; places: Places };

/** The conversation without the results of its first `count` tool calls. Doing it twice changes nothing more. */
export const clear = (messages: readonly Message[], count: number, { file, places }: Cleared): Message[] => {
  const out = [...messages];
  let left = count;
  let turn = 0;
  for (const [at, asked] of messages.entries()) {
    const calls = asked.role === 'assistant' ? toolUses(asked.content).slice(0, left) : [];
    const answers = messages[at + 1];
    if (asked.role !== 'assistant' || calls.length === 0 || answers?.role !== 'user') continue;
    turn++;
    left -= calls.length;
    const gone = new Map(calls.map((call) => [call.id, call]));
    const content = asked.content.map((block) =>
      block.type === 'tool_use' && gone.has(block.id) ? { ...block, input: shortInput(block.input) } : block,
    );
    out[at] = { role: 'assistant', content };
    const results = answers.content.map((block) => {
      const call = block.type === 'tool_result' ? gone.get(block.tool_use_id) : undefined;
      return call && block.type === 'tool_result'
        ? shortResult(call, block, file, places.get(placeKey(turn, call.id)))
        : block;
    });
    out[at + 1] = { role: 'user', content: results };
  }
  return out;
};

/** What clearing each tool call would save, oldest first, with the turn it belongs to. */
const savings = (messages: readonly Message[]): { turn: number; saves: number }[] => {
  let turn = 0;
  return messages.flatMap((asked, at) => {
    const calls = asked.role === 'assistant' ? toolUses(asked.content) : [];
    if (calls.length === 0) return [];
    turn++;
    const answers = messages[at + 1];
    return calls.map((call) => {
      const result = answers?.content.find((block) => block.type === 'tool_result' && block.tool_use_id === call.id);
      const short = result?.type === 'tool_result' ? shortResult(call, result, '', undefined) : result;
      const saves = tokensIn([call.input, result]) - tokensIn([shortInput(call.input), short]);
      return { turn, saves };
    });
  });
};

/**
 * How many tool calls, from the first on, are to be cleared so that the conversation has at most `limit` tokens; 0 when it
 * fits. Room is made down to half of it, so that the prompt's cache is given up seldom.
 */
export const clearCount = (messages: readonly Message[], limit: number): number => {
  let tokens = tokensIn(messages);
  if (tokens <= limit) return 0;
  const calls = savings(messages);
  const newest = calls.at(-1)?.turn ?? 0;
  let count = 0;
  for (const [at, { turn, saves }] of calls.entries()) {
    if (tokens <= (turn > newest - KEEP_TURNS ? limit : limit / 2)) break;
    if (saves <= 0) continue;
    tokens -= saves;
    count = at + 1;
  }
  return count;
};

export type Fit = (messages: Message[]) => Promise<Result<Message[]>>;

/** `fixed` is what every request carries besides the conversation; `file` is the run's own record. */
export const createFit = (
  sys: Sys,
  { limit, fixed, file }: { limit?: number | undefined; fixed: unknown; file: Path },
): Fit => {
  const room = limit === undefined ? undefined : limit - tokensIn(fixed);
  return async (messages) => {
    const count = room === undefined ? 0 : clearCount(messages, room);
    if (count === 0) return ok(messages);
    const read = await sys.read(file, { as: 'text' });
    const places = placesIn(read.ok && typeof read.value.content === 'string' ? read.value.content : '');
    const text = `The conversation had about ${tokensIn(messages)} tokens, and ${room} are left for it of the model's context of ${limit}. The long results of its first ${count} tool calls are no longer sent; they stay in this record.`;
    const record: RunRecord = { t: 'note', at: new Date(sys.now()).toISOString(), text, cleared: count };
    const noted = await sys.invoke('log', { record });
    return noted.ok ? ok(clear(messages, count, { file, places })) : noted;
  };
};
