/**
 * The meter of one run: asks the gate before each attempt at a model whether it can be paid for, and says what an
 * attempt cost whose answer was lost. An answer that came is settled by the run's `model` record. What it counts of a
 * request is rather too much than too little.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Model } from '../protocol/formats/policy.ts';
import type { How } from '../protocol/formats/ledger.ts';
import type { Usage } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';

export type Meter = {
  /** `body` as it will be sent. Answers how long the answer may be. */
  reserve: (body: object, note: (words: string) => void) => Promise<Result<{ maxTokens: number }>>;
  lost: (usage: Usage, how: How, words?: string) => Promise<void>;
};

/** Text has rarely less than three bytes a token; the API adds words of its own for tools. */
const BYTES_PER_TOKEN = 3;
const UNSEEN_TOKENS = 1_024;

export const tokensIn = (body: object): number =>
  Math.ceil(new TextEncoder().encode(JSON.stringify(body)).length / BYTES_PER_TOKEN) + UNSEEN_TOKENS;

export const createMeter = (sys: Sys, { model, price, max_tokens }: Model): Meter => {
  let said: string | undefined;
  return {
    reserve: async (body, note) => {
      if (!price) return err('EINVAL', `There is no price for ${model}.`, { call: 'model' });
      const { date: _date, source: _source, ...usd } = price;
      const held = await sys.invoke('reserve', { model, price: usd, tokens: tokensIn(body), max_tokens });
      if (!held.ok) return { ok: false, error: { ...held.error, call: 'model' } };
      const { notice } = held.value;
      // Once is enough for a chat that goes on over its limit.
      const kind = notice?.split(':', 1)[0];
      if (notice !== undefined && kind !== said) note(notice);
      said = kind ?? said;
      return ok({ maxTokens: held.value.max_tokens });
    },
    lost: async (usage, how, words) => {
      const at = new Date(sys.now()).toISOString();
      const record = { t: 'spent', at, model, usage, usd: 0, how, ...(words === undefined ? {} : { text: words }) };
      await sys.invoke('log', { record });
    },
  };
};
