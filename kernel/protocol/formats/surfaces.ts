/**
 * org.allod/surfaces.yaml: what a program wants shown. Closed sets of archetypes, widgets, bindings and operators;
 * nothing in it is code. One wrong panel breaks its own surface alone, and says where.
 */
import * as z from 'zod';
import { err, ok, type Result, type SysError } from '../errors.ts';
import type { Path } from '../paths.ts';
import { parseYaml } from './document.ts';

export const ARCHETYPES = ['document', 'dashboard', 'queue', 'briefing', 'stream'] as const;
export const WIDGETS = ['markdown', 'metric', 'table', 'list', 'queue'] as const;
export type WidgetName = (typeof WIDGETS)[number];

const where = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();
const rows = {
  as: z.enum(['text', 'front', 'csv', 'json', 'jsonl', 'yaml', 'files']).optional(),
  at: z
    .string()
    .regex(/^(\/[^/]*)*$/, 'a JSON Pointer such as /items')
    .optional(),
  where,
  sort: z.string().optional(),
  limit: z.number().int().positive().max(1000).optional(),
};
const path = z.string().startsWith('/', 'an absolute path');

const bindSchema = z.union(
  [
    z.strictObject({ file: path, ...rows }),
    z.strictObject({ glob: path, ...rows }),
    z.strictObject({
      proposals: z.object({ program: z.string().optional(), state: z.string().optional() }),
      limit: rows.limit,
    }),
    z.strictObject({
      runs: z.object({ program: z.string().optional(), agent: z.string().optional() }),
      limit: rows.limit,
    }),
  ],
  { error: 'one binding is needed: file, glob, proposals or runs, with only as, at, where, sort, limit beside it' },
);
export type Binding = z.infer<typeof bindSchema>;

/** One of these, over the bound rows. */
const valueSchema = z.union(
  [
    z.strictObject({ count: z.literal(true) }),
    z.strictObject({ sum: z.string() }),
    z.strictObject({ avg: z.string() }),
    z.strictObject({ min: z.string() }),
    z.strictObject({ max: z.string() }),
    z.strictObject({ last: z.string() }),
  ],
  { error: 'value is one of { count: true }, { sum: column }, avg, min, max or last' },
);
export type ValueOf = z.infer<typeof valueSchema>;

export const panelSchema = z.object({
  widget: z.enum(WIDGETS, {
    error: (issue) => `${JSON.stringify(issue.input)} is not a widget. Expected ${WIDGETS.join(', ')}.`,
  }),
  title: z.string().max(100).optional(),
  bind: bindSchema,
  value: valueSchema.optional(),
  columns: z.array(z.string()).max(20).optional(),
  sort: z.string().optional(),
  group: z.string().optional(),
  empty: z.string().max(300).optional(),
});
export type Panel = z.infer<typeof panelSchema>;

const surfaceSchema = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits, dashes'),
  title: z.string().min(1).max(100),
  archetype: z.enum(ARCHETYPES, { error: `one of ${ARCHETYPES.join(', ')}` }),
  order: z.number().default(100),
  panels: z.array(panelSchema).min(1).max(40),
});
export type Surface = z.infer<typeof surfaceSchema>;

const outerSchema = z.object({
  surfaces: z.array(z.unknown()).max(50),
  chips: z.array(z.string().max(200)).max(20).default([]),
  phases: z.record(z.string(), z.object({ banner: z.string().optional() })).default({}),
});

export type BrokenSurface = { id: string; title: string; order: number; error: SysError; line: number };
export type SurfaceFile = {
  surfaces: Surface[];
  broken: BrokenSurface[];
  chips: string[];
  phases: Record<string, { banner?: string | undefined }>;
};

const textOf = (value: unknown, key: string): string | undefined => {
  const field = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
  return typeof field === 'string' ? field : undefined;
};

const numberOf = (value: unknown, key: string): number | undefined => {
  const field = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
  return typeof field === 'number' ? field : undefined;
};

/** Every sound surface, and every broken one with its file and line. Only unreadable YAML refuses the whole file. */
export const parseSurfaces = (file: Path, text: string): Result<SurfaceFile> => {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const outer = outerSchema.safeParse(parsed.value.data);
  if (!outer.success) {
    const issue = outer.error.issues[0];
    const line = parsed.value.lineOf(issue?.path ?? []);
    return err(
      'EINVAL',
      `${file}:${line}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'a list named surfaces is expected'}`,
      {
        path: file,
        detail: { file, line },
      },
    );
  }
  const surfaces: Surface[] = [];
  const broken: BrokenSurface[] = [];
  const seen = new Set<string>();
  outer.data.surfaces.forEach((raw, index) => {
    const result = surfaceSchema.safeParse(raw);
    if (result.success && !seen.has(result.data.id)) {
      seen.add(result.data.id);
      surfaces.push(result.data);
      return;
    }
    const issue = result.success ? undefined : result.error.issues[0];
    const at = ['surfaces', index, ...(issue?.path ?? ['id'])];
    const line = parsed.value.lineOf(at);
    const message = result.success
      ? `the id "${result.data.id}" is used twice.`
      : (issue?.message ?? 'unexpected shape');
    broken.push({
      id: textOf(raw, 'id') ?? `surface-${index + 1}`,
      title: textOf(raw, 'title') ?? `Surface ${index + 1}`,
      order: numberOf(raw, 'order') ?? 100,
      error: { code: 'EINVAL', call: 'surfaces', path: file, message: `${message}`, detail: { file, line } },
      line,
    });
  });
  return ok({ surfaces, broken, chips: outer.data.chips, phases: outer.data.phases });
};
