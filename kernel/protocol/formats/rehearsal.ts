/**
 * org.allod/rehearsal/*.jsonl: a recorded model's answers. The first line names the exact input it belongs to;
 * played against anything else it is refused. A demonstration, labelled as one, never a fallback.
 */
import * as z from 'zod';
import { err, ok, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';

const header = z.object({
  rehearsal: z.literal(1),
  job: z.string().startsWith('/workspace/jobs/'),
  agent: z.string(),
  title: z.string(),
  recorded: z.string(),
  model: z.string(),
  note: z.string().default(''),
  /** Files that must lie at `path`; `from` is where the bundle holds them; `sha256` is of their bytes. */
  inputs: z.array(
    z.object({ path: z.string().startsWith('/workspace/'), from: z.string(), sha256: z.string().length(64) }),
  ),
});

const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
]);

const turn = z.object({
  content: z.array(block).min(1),
  stop_reason: z.enum(['tool_use', 'end_turn']),
  usage: z
    .object({
      input_tokens: z.number(),
      output_tokens: z.number(),
      cache_creation_input_tokens: z.number().default(0),
      cache_read_input_tokens: z.number().default(0),
    })
    .default({ input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }),
});

export type RehearsalTurn = z.infer<typeof turn>;
export type Rehearsal = z.infer<typeof header> & { turns: RehearsalTurn[] };

export const parseRehearsal = (file: Path, text: string): Result<Rehearsal> => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      parsed.push(JSON.parse(line));
    } catch {
      return err('EINVAL', `${file}:${index + 1}: is not valid JSON.`, { path: file });
    }
  }
  const head = header.safeParse(parsed[0]);
  if (!head.success)
    return err('EINVAL', `${file}:1: ${head.error.issues[0]?.message ?? 'a header line is expected'}`, { path: file });
  const turns: RehearsalTurn[] = [];
  for (const [index, raw] of parsed.slice(1).entries()) {
    const result = turn.safeParse(raw);
    if (!result.success)
      return err('EINVAL', `${file}:${index + 2}: ${result.error.issues[0]?.message ?? 'a model turn is expected'}`, {
        path: file,
      });
    turns.push(result.data);
  }
  return ok({ ...head.data, turns });
};
