/** Arguments of the calls by which consent is given and taken back: decide, grant, revoke. */
import * as z from 'zod/mini';
import { effectSchema } from './effects.ts';
import { changeSchema } from './files.ts';

const lines = z.optional(z.array(z.string()));
const isoDate = z.optional(z.iso.datetime());

export const decideSchema = z.object({
  id: z.string(),
  verdict: z.enum(['approve', 'reject', 'amend']),
  hash: z.string(),
  reason: z.optional(z.string().check(z.maxLength(4000))),
  remember: isoDate.check(z.describe('With approve: grant the same until then, so that it is not asked again.')),
  changes: z.optional(z.array(changeSchema).check(z.minLength(1), z.maxLength(1000))),
  effect: z.optional(effectSchema).check(z.describe('With amend: what is to be decided instead.')),
});

export const grantSchema = z.object({
  actor: z.string(),
  write: lines,
  effects: lines.check(z.describe('Lines such as: http GET https://api.example.com/v1/** as read')),
  until: isoDate,
});

export const revokeSchema = z.object({ actor: z.string(), write: lines, effects: lines });
