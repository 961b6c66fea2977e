/**
 * Prices: /workspace/settings/prices.yaml. What each model costs, as the operator read it off the provider's page; no
 * agent or program can write it. A price beside a model in policy.yaml comes before it.
 */
import * as z from 'zod';
import { ok, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';
import { check, parseYaml } from './document.ts';

export { PRICES } from '../capability.ts';

const usd = z.number().nonnegative().max(1e6);

/** USD per million tokens, as the provider publishes them. */
export const priceSchema = z.object({
  input: usd,
  output: usd,
  cache_write: usd.optional(),
  cache_write_1h: usd.optional(),
  cache_read: usd.optional(),
  /** When it was looked up, and where. */
  date: z.string().optional(),
  source: z.string().optional(),
});

const pricesSchema = z.object({ models: z.record(z.string(), priceSchema).nullish() });

export type ListedPrice = z.infer<typeof priceSchema>;

export const parsePrices = (file: Path, text: string): Result<Record<string, ListedPrice>> => {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const checked = check(file, pricesSchema, { ...parsed.value, data: parsed.value.data ?? {} });
  return checked.ok ? ok(checked.value.value.models ?? {}) : checked;
};
