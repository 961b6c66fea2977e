/**
 * Policy: /system/policy.yaml. The operator's word on autonomy, money, reach and models; nobody else can change it.
 */
import * as z from 'zod';
import { ok, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';
import { check, parseYaml } from './document.ts';
import { mcpPolicySchema } from './mcp.ts';
import { timeZone } from './job.ts';
import { priceSchema } from './prices.ts';
import { AUTONOMY } from './role.ts';

const usd = z.object({ usd: z.number().nonnegative() });

export const modelSchema = z.object({
  provider: z.string().default('anthropic'),
  base_url: z.url({ protocol: /^https?$/, error: 'Write a full address, for example https://api.anthropic.com' }),
  model: z.string().min(1),
  /** The secret's name. Absent for a local model that wants no key. */
  secret: z.string().optional(),
  max_tokens: z.number().int().positive().max(128_000).default(8_192),
  price: priceSchema.optional(),
  /** Tokens that a request may have; 150,000 when left out. */
  context: z.number().int().min(4_000).optional(),
});
export type Model = z.infer<typeof modelSchema>;

export const policySchema = z.object({
  autonomy: z.enum(AUTONOMY).default('bounded'),
  ceiling: usd.default({ usd: 0 }),
  never_auto: z.array(z.string()).default([]),
  paused: z.boolean().default(false),
  budget: z
    .object({
      usd: z.number().nonnegative(),
      per: z.enum(['day', 'week', 'month']),
      /** By device, or the first 8 or more characters of one: its part, for example 0.7. */
      devices: z.record(z.string(), z.number().nonnegative().max(1)).optional(),
    })
    .optional(),
  /** Where the operator is: days, weeks and months of budgets begin there. This device's own when left out. */
  tz: timeZone.optional(),
  grants: z
    .record(
      z.string(),
      z.object({
        write: z.array(z.string()).default([]),
        /** Lines as in outside.ts: `http GET https://api.example.com/v1/** as read with KEY`. */
        effects: z.array(z.string()).default([]),
        /** Lines of the two above that hold only until then. */
        until: z.record(z.string(), z.iso.datetime()).optional(),
      }),
    )
    .default({}),
  egress: z.array(z.string()).default([]),
  /** MCP servers of the operator's own, by names without a slash. */
  mcp: z.record(z.string(), mcpPolicySchema).default({}),
  executor: z.string().optional(),
  /** `default` names the one used when a role names none; the others are aliases a role may name. */
  models: z.record(z.string(), modelSchema).default({}),
});
export type Policy = z.infer<typeof policySchema>;

export const parsePolicy = (file: Path, text: string): Result<Policy> => {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const checked = check(file, policySchema, { ...parsed.value, data: parsed.value.data ?? {} });
  return checked.ok ? ok(checked.value.value) : checked;
};
