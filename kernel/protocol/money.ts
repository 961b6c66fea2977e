/**
 * Money in whole nano-dollars, so that sums are exact: what a model call cost, and the most that it can cost. Pure.
 * A price is in USD per million tokens, which is pico-dollars per token times a million.
 */
import * as z from 'zod/mini';
import type { Usage } from './formats/records.ts';

/** USD per million tokens. A model that costs nothing says 0. */
export type Price = {
  input: number;
  output: number;
  /** Writing to the cache that lasts five minutes, and the one that lasts an hour. */
  cache_write?: number | undefined;
  cache_write_1h?: number | undefined;
  cache_read?: number | undefined;
};

/** 10⁻⁹ USD, a whole number. */
export type Nano = number;

const NANO = 1e9;
const usd = z.number().check(z.gte(0), z.lte(1e6));
/** What `reserve` takes. */
export const reserveSchema = z.object({
  model: z.string(),
  price: z.object({
    input: usd,
    output: usd,
    cache_write: z.optional(usd),
    cache_write_1h: z.optional(usd),
    cache_read: z.optional(usd),
  }),
  tokens: z.int().check(z.gte(0), z.describe('Of the request; rather too many than too few.')),
  max_tokens: z.int().check(z.gte(1)),
});

/** Below this a cut-off answer helps nobody, so that the call is not made. */
export const LEAST_ANSWER = 1_024;

export const usdOf = (nano: Nano): number => nano / NANO;
export const nanoOfUsd = (usd: number): Nano => Math.round(usd * NANO);

const pico = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6);

/** Where a price is not said, the dearer guess: a cache write costs 1.25 or 2 times the input, a read as much as input. */
const ofTokens = (price: Price) => ({
  input: pico(price.input),
  output: pico(price.output),
  write: pico(price.cache_write ?? price.input * 1.25),
  writeHour: pico(price.cache_write_1h ?? price.input * 2),
  read: pico(price.cache_read ?? price.input),
});

/** What tokens cost, to the nano-dollar. */
export const costOf = (price: Price, usage: Usage): Nano => {
  const each = ofTokens(price);
  const hour = usage.cacheWriteHour ?? 0;
  return Math.round(
    (usage.input * each.input +
      usage.output * each.output +
      (usage.cacheWrite - hour) * each.write +
      hour * each.writeHour +
      usage.cacheRead * each.read) /
      1e3,
  );
};

/** The most that a request of so many tokens can cost before its answer: all of it may be written to the cache. */
export const requestCost = (price: Price, tokens: number): Nano => {
  const each = ofTokens(price);
  return Math.ceil((tokens * Math.max(each.input, each.write, each.read)) / 1e3);
};

export const answerCost = (price: Price, maxTokens: number): Nano => Math.ceil((maxTokens * pico(price.output)) / 1e3);

/** How long an answer `left` pays for, once the request is paid. */
export const answerFor = (price: Price, left: Nano): number => {
  const each = pico(price.output);
  return each === 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, Math.floor((left * 1e3) / each));
};

/** For people: `0.5 USD`, `0.0123 USD`. */
export const moneyWords = (nano: Nano): string => `${Number(usdOf(nano).toFixed(6))} USD`;
