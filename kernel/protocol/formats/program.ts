/**
 * org.allod/program.yaml: what a program asks for. A claim, shown in the plan; it grants nothing by itself.
 */
import * as z from 'zod';
import type { Result } from '../errors.ts';
import type { Path } from '../paths.ts';
import { check, parseYaml, type Checked } from './document.ts';

/** `notify: true`, or `http: GET https://…` with the secret's name and class. */
const powerEffect = z.looseObject({ class: z.string().optional(), secret: z.string().optional() });

const setting = z.object({
  type: z.enum(['string', 'string[]', 'number', 'boolean']),
  title: z.string(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
});

export const programSchema = z.object({
  title: z.string().min(1).max(100),
  allod: z.string().default('>=0.1'),
  powers: z
    .object({
      write: z
        .array(z.string().startsWith('/workspace/', 'A program may only ask to write below /workspace/'))
        .default([]),
      effects: z.array(powerEffect).default([]),
      spend: z.object({ usd: z.number().nonnegative(), per: z.enum(['day', 'week', 'month']) }).optional(),
    })
    .default({ write: [], effects: [] }),
  settings: z.record(z.string(), setting).default({}),
  tiers: z
    .object({
      canon: z.array(z.string()).default([]),
      authored: z.array(z.string()).default([]),
      placeholder: z.array(z.string()).default([]),
    })
    .default({ canon: [], authored: [], placeholder: [] }),
  populate: z.array(z.string()).default([]),
  outcomes: z.string().optional(),
  phases: z.array(z.object({ key: z.string(), title: z.string() })).default([]),
});
export type ProgramManifest = z.infer<typeof programSchema>;

export const parseProgram = (file: Path, text: string): Result<Checked<ProgramManifest>> => {
  const parsed = parseYaml(file, text);
  return parsed.ok ? check(file, programSchema, parsed.value) : parsed;
};

/** A power in one plain line, which is also the grant (outside.ts): `http GET https://api.example.com/v1/** as read with KEY`. */
export const describePower = (effect: Record<string, unknown>): string => {
  const [kind, target] = Object.entries(effect).find(([key]) => key !== 'class' && key !== 'secret') ?? ['unknown', ''];
  const named = typeof target === 'string' && target !== '' ? `${kind} ${target}` : kind;
  const more = [
    typeof effect['class'] === 'string' && `as ${effect['class']}`,
    typeof effect['secret'] === 'string' && `with ${effect['secret']}`,
  ];
  return [named, ...more.filter(Boolean)].join(' ');
};
