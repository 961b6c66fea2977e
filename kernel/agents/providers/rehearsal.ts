/**
 * Plays a recorded model's answers, turn by turn, over real files and real tools. Only over the material it was recorded
 * with: every input is checked by hash first. A demonstration, slowed down so that it can be watched; it costs nothing.
 */
import { hashHex } from '../../protocol/bytes.ts';
import { err, ok, type Result } from '../../protocol/errors.ts';
import type { ModelBlock } from '../../protocol/formats/records.ts';
import type { Rehearsal } from '../../protocol/formats/rehearsal.ts';
import type { Sys } from '../../protocol/sys.ts';
import { withDate } from '../prompt.ts';
import type { Provider } from './provider.ts';

export type RehearsalOptions = {
  sys: Sys;
  rehearsal: Rehearsal;
  date: string;
  /** Between pieces of text. */ delayMs: number;
};

const PIECE = 24;

/** Every string anywhere in a recorded answer. */
const dated = (value: unknown, date: string): unknown => {
  if (typeof value === 'string') return withDate(value, date);
  if (Array.isArray(value)) return value.map((item) => dated(item, date));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dated(item, date)]));
};

const checkInputs = async (sys: Sys, { title, inputs }: Rehearsal): Promise<Result<void>> => {
  for (const { path, sha256 } of inputs) {
    const read = await sys.read(path, { as: 'bytes' });
    if (!read.ok)
      return err(
        read.error.code,
        `This recording belongs to other material: "${title}" needs ${path}, and ${read.error.message}`,
        { path },
      );
    const { content } = read.value;
    if (hashHex(content) === sha256) continue;
    return err(
      'EINVAL',
      `This recording belongs to other material: ${path} is not the file "${title}" was recorded with. Rehearse with the program's own files, or set a model.`,
      { path },
    );
  }
  return ok(undefined);
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const createRehearsal = ({ sys, rehearsal, date, delayMs }: RehearsalOptions): Provider => {
  let next = 0;
  return {
    model: rehearsal.model,
    cost: () => 0,
    prepare: () => checkInputs(sys, rehearsal),
    stream: async (_request, hooks, signal) => {
      const turn = rehearsal.turns[next++];
      if (!turn) {
        return err(
          'EPROTO',
          `The recording "${rehearsal.title}" holds ${rehearsal.turns.length} answers, and this run asks for one more.`,
          { call: 'model' },
        );
      }
      const content = dated(turn.content, date) as ModelBlock[];
      let shown = '';
      for (const block of content) {
        if (block.type !== 'text') continue;
        for (let at = 0; at < block.text.length && delayMs > 0; at += PIECE) {
          if (signal.aborted) return err('ECANCELED', 'The run was stopped.', { call: 'model' });
          shown += block.text.slice(at, at + PIECE);
          hooks.text(shown);
          await sleep(delayMs);
        }
      }
      if (signal.aborted) return err('ECANCELED', 'The run was stopped.', { call: 'model' });
      const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = turn.usage;
      const usage = {
        input: input_tokens,
        output: output_tokens,
        cacheWrite: cache_creation_input_tokens,
        cacheRead: cache_read_input_tokens,
      };
      return ok({ content, stop: turn.stop_reason, usage });
    },
  };
};
