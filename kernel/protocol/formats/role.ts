/**
 * Role: /workspace/agents/<name>/AGENT.md. Front matter plus a prompt. It can only narrow what policy grants.
 */
import * as z from 'zod';
import { actorName } from '../actor.ts';
import { AUTONOMY } from '../capability.ts';
import { ok, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';
import { check, parseFrontMatter } from './document.ts';

/** What an agent may call: the six syscalls, and bash (which is `fire` with a bash effect). */
export const TOOLS = ['read', 'list', 'search', 'write', 'propose', 'fire', 'bash'] as const;
export type ToolName = (typeof TOOLS)[number];

export const budgetSchema = z.object({
  usd: z.number().nonnegative().optional(),
  per: z.enum(['run', 'day', 'week', 'month']).optional(),
  per_run: z.number().nonnegative().optional(),
});

export const roleSchema = z.object({
  name: actorName,
  description: z.string().default(''),
  model: z.string().optional(),
  tools: z.array(z.enum(TOOLS)).default(['read', 'list', 'search']),
  write: z.array(z.string()).default([]),
  autonomy: z.enum(AUTONOMY).optional(),
  budget: budgetSchema.optional(),
  reviewer: z.string().optional(),
  program: z.string().optional(),
});

export { AUTONOMY, roleFile, type Autonomy } from '../capability.ts';
export type Role = z.infer<typeof roleSchema> & { prompt: string };

export const parseRole = (file: Path, text: string): Result<Role> => {
  const parsed = parseFrontMatter(file, text);
  if (!parsed.ok) return parsed;
  const checked = check(file, roleSchema, parsed.value);
  return checked.ok ? ok({ ...checked.value.value, prompt: checked.value.body.trim() }) : checked;
};
