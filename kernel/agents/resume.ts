/**
 * From a run's record back to a conversation. For a chat that goes on: what was asked and what was answered, run by
 * run. For a run that was cut short: every turn and every result, so that it continues where it stood, with its last turn
 * still open: a call that changes something and whose end is not on record is never repeated by itself.
 */
import {
  addUsage,
  emptyUsage,
  parseRun,
  type ModelBlock,
  type RunRecord,
  type Usage,
} from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { clear, placesIn, toolUses } from './context.ts';
import type { Message, ToolResult } from './providers/provider.ts';

/** How far back a chat is carried: runs, and characters of them. */
const CHAIN_RUNS = 20;
const CHAIN_CHARS = 120_000;

const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });

export const textOf = (content: readonly ModelBlock[]): string =>
  content.flatMap((block) => (block.type === 'text' && block.text.trim() !== '' ? [block.text] : [])).join('\n\n');

export const startOf = (records: readonly RunRecord[]) => records.find((record) => record.t === 'start');

/** Prompt and answers of one run, without its tool calls. */
export const exchange = (records: readonly RunRecord[]): Message[] => {
  const prompt = startOf(records)?.prompt ?? '';
  const answers = records
    .flatMap((record) => (record.t === 'model' ? [textOf(record.content)] : []))
    .filter((text) => text !== '');
  const end = records.find((record) => record.t === 'end');
  const answer = answers.join('\n\n') || `(no answer: the run ${end ? `ended ${end.state}` : 'was cut short'})`;
  return prompt === '' ? [] : [say(prompt), { role: 'assistant', content: [{ type: 'text', text: answer }] }];
};

const lengthOf = (messages: readonly Message[]): number =>
  messages.reduce(
    (sum, message) => sum + message.content.reduce((all, block) => all + ('text' in block ? block.text.length : 0), 0),
    0,
  );

/** The conversation that ends with the run in `file`, oldest first. Runs that cannot be read end the chain. */
export const conversation = async (sys: Sys, file: Path): Promise<Message[]> => {
  let messages: Message[] = [];
  let next: Path | undefined = file;
  for (let runs = 0; next !== undefined && runs < CHAIN_RUNS; runs++) {
    const read: Awaited<ReturnType<Sys['read']>> = await sys.read(next, { as: 'text' });
    if (!read.ok || typeof read.value.content !== 'string') break;
    const records = parseRun(read.value.content);
    const earlier = [...exchange(records), ...messages];
    if (lengthOf(earlier) > CHAIN_CHARS && messages.length > 0) break;
    messages = earlier;
    next = startOf(records)?.after;
  }
  return messages;
};

/** The last turn on record: whatever follows from it may not have been done yet. */
export type OpenTurn = { content: ModelBlock[]; stop: string; results: Map<string, ToolResult> };

/** Where a run stands. */
export type Standing = {
  messages: Message[];
  used: Usage;
  /** Turns of the model so far. */
  turns: number;
  /** What it said last, before the open turn. */
  said?: string;
  open?: OpenTurn;
};

export const UNKNOWN =
  'How this call ended is not on record: the run was cut short. Look whether it took effect before you repeat it.';

const resultOf = ({ id, ok, result }: Extract<RunRecord, { t: 'tool' }>): ToolResult => ({
  type: 'tool_result',
  tool_use_id: id,
  content: result,
  ...(ok ? {} : { is_error: true }),
});

const unknown = (id: string): ToolResult => ({
  type: 'tool_result',
  tool_use_id: id,
  content: UNKNOWN,
  is_error: true,
});

const messagesOf = ({ content, results }: OpenTurn): Message[] => {
  const answers = toolUses(content).map(({ id }) => results.get(id) ?? unknown(id));
  return [
    ...(content.length > 0 ? [{ role: 'assistant' as const, content }] : []),
    ...(answers.length > 0 ? [{ role: 'user' as const, content: answers }] : []),
  ];
};

/**
 * Where the run in `text`, its record, stands: every turn and every result, as they were sent, with what had been cleared
 * by then. `before` is the conversation that it continued.
 */
export const rebuild = (text: string, file: Path, before: readonly Message[] = []): Standing => {
  const places = placesIn(text);
  const standing: Standing = { messages: [...before], used: emptyUsage(), turns: 0 };
  const close = (): void => {
    if (!standing.open) return;
    const said = textOf(standing.open.content);
    if (said !== '') standing.said = said;
    standing.messages.push(...messagesOf(standing.open));
    delete standing.open;
  };
  for (const record of parseRun(text)) {
    if (record.t === 'start' && record.prompt) standing.messages.push(say(record.prompt));
    if (record.t === 'model') {
      close();
      standing.turns++;
      standing.used = addUsage(standing.used, record.usage);
      standing.open = { content: record.content, stop: record.stop, results: new Map() };
    }
    if (record.t === 'tool') standing.open?.results.set(record.id, resultOf(record));
    if (record.t === 'note' && record.cleared !== undefined) {
      close();
      standing.messages = clear(standing.messages, record.cleared, { file, places });
    }
  }
  return standing;
};
