/**
 * Outcomes: what came of what was done. org.allod/outcomes.yaml says where a program's outcomes are found and how they
 * are folded; /system/outcomes/<program>/ holds one record for each, and a summary that reviewers and agents read.
 * A broken file is refused with file and line; it is read strictly, since a key that is ignored would be a wrong figure.
 */
import * as z from 'zod';
import { hashHex } from '../bytes.ts';
import type { Result } from '../errors.ts';
import type { Path } from '../paths.ts';
import { check, parseYaml, type Checked } from './document.ts';
import { OUTCOMES } from './records.ts';

/** `rate` is outcomes per day of the window, and is not made over all time. */
export const FOLDS = ['count', 'sum', 'avg', 'min', 'max', 'last', 'rate'] as const;
export type FoldName = (typeof FOLDS)[number];

const field = z.string().min(1).max(100);

const foldSchema = z.strictObject({
  /** Files with the outcomes: CSV, JSON, JSONL, YAML or the front matter of Markdown. */
  source: z.string().startsWith('/workspace/', 'a glob below /workspace/'),
  /** The fields that make an outcome the same one wherever and however often it is found. */
  key: z.union([field.transform((name) => [name]), z.array(field).min(1).max(8)]),
  /** The field with the id of the proposal it came of. */
  match: field.optional(),
  /** The field with the number; without one, each outcome counts 1. */
  value: field.optional(),
  unit: z.string().max(40).default(''),
  /** The field with the date of the outcome. */
  at: field.default('at'),
  folds: z.array(z.enum(FOLDS)).min(1).default(['count', 'sum']),
  windows: z
    .array(z.string().regex(/^[1-9]\d{0,2}d$/, 'a number of days such as 7d'))
    .max(8)
    .default(['7d', '30d']),
});
export type OutcomeFold = z.infer<typeof foldSchema>;

export const outcomesSchema = z.strictObject({
  outcomes: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name of lower-case letters, digits and dashes'),
      foldSchema,
    )
    .refine((folds) => Object.keys(folds).length <= 20, 'at most 20 outcomes'),
});
export type OutcomesFile = z.infer<typeof outcomesSchema>;

export const parseOutcomes = (file: Path, text: string): Result<Checked<OutcomesFile>> => {
  const parsed = parseYaml(file, text);
  return parsed.ok ? check(file, outcomesSchema, parsed.value) : parsed;
};

/** Who vouches for it: what the platform recorded, what the operator wrote down, or what an agent says. */
export type Attestation = 'platform' | 'operator' | 'agent';

/** /system/outcomes/<program>/<key>.json */
export type Outcome = {
  /** `<fold>.<key>` */
  key: string;
  proposal?: string;
  value: number;
  unit: string;
  at: string;
  attestation: Attestation;
  source: Path;
};

export type Figures = Partial<Record<FoldName, number | null>>;
export type FoldSummary = {
  unit: string;
  /** How many each vouches for: an agent's word is not the platform's. */
  attested: Record<Attestation, number>;
  /** `all`, and each window by its name. */
  figures: Record<string, Figures>;
};

/** /system/outcomes/<program>/summary.json */
export type OutcomeSummary = {
  program: string;
  /** Windows end with this day, UTC. */
  day: string;
  folds: Record<string, FoldSummary>;
  /** Outcomes that came of a proposal, newest first. */
  recent: Outcome[];
  /** Rows and files that could not be read, each with its file and line; `problemCount` counts also those left out. */
  problems: string[];
  problemCount: number;
};

/** A key as a file name: itself where it is one, else what of it can be read, and a hash. */
export const outcomeFile = (program: string, key: string): Path => {
  const plain = /^[A-Za-z0-9._-]{1,100}$/.test(key);
  const readable = key.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
  return `${OUTCOMES}/${program}/${plain ? key : `${readable}~${hashHex(key).slice(0, 12)}`}.json`;
};
export const outcomeSummaryFile = (program: string): Path => `${OUTCOMES}/${program}/summary.json`;
