/**
 * From a run's record back to a conversation. For a chat that goes on: what was asked and what was answered, run by
 * run. For a run that was cut short: every turn and every result, so that it continues where it stood; a call whose
 * end is not on record is never repeated by itself.
 */
import { addUsage, emptyUsage, type ModelBlock, type RunRecord, type Usage } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Message, ToolResult } from './providers/provider.ts';

/** How far back a chat is carried: runs, and characters of them. */
const CHAIN_RUNS = 20;
const CHAIN_CHARS = 120_000;

/** A last line that was cut off while it was written is left out. */
export const parseRun = (text: string): RunRecord[] =>
  text.split('\n').flatMap((line): RunRecord[] => {
    try {
      const record: unknown = JSON.parse(line);
      return record !== null && typeof record === 'object' && 't' in record ? [record as RunRecord] : [];
    } catch {
      return [];
    }
  });

const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });

export const textOf = (content: readonly ModelBlock[]): string =>
  content.flatMap((block) => (block.type === 'text' && block.text.trim() !== '' ? [block.text] : [])).join('\n\n');

const startOf = (records: readonly RunRecord[]) => records.find((record) => record.t === 'start');

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

const UNKNOWN =
  'How this call ended is not on record: the run was cut short. Look whether it took effect before you repeat it.';

/** What a run had used up to where its record ends. */
export const usedBy = (records: readonly RunRecord[]): Usage =>
  records.reduce((sum, record) => (record.t === 'model' ? addUsage(sum, record.usage) : sum), emptyUsage());

/** Every turn and every result of a run, ready to be sent again. */
export const rebuild = (records: readonly RunRecord[]): Message[] => {
  const results = new Map<string, ToolResult>();
  for (const record of records) {
    if (record.t !== 'tool') continue;
    results.set(record.id, {
      type: 'tool_result',
      tool_use_id: record.id,
      content: record.result,
      ...(record.ok ? {} : { is_error: true }),
    });
  }
  const messages: Message[] = [];
  const prompt = startOf(records)?.prompt;
  if (prompt) messages.push(say(prompt));
  for (const record of records) {
    if (record.t !== 'model' || record.content.length === 0) continue;
    messages.push({ role: 'assistant', content: record.content });
    const calls = record.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    if (calls.length === 0) continue;
    messages.push({
      role: 'user',
      content: calls.map(
        (id): ToolResult =>
          results.get(id) ?? { type: 'tool_result', tool_use_id: id, content: UNKNOWN, is_error: true },
      ),
    });
  }
  // A model is asked, never handed its own last word to go on from.
  if (messages.at(-1)?.role === 'assistant') messages.push(say('You were interrupted here. Go on.'));
  return messages;
};
