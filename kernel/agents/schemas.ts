/**
 * The tools an agent is offered: the six calls as the ABI's own rows describe them, and bash. Nothing is written by
 * hand twice. A tool call is JSON, so content is text; revisions to build on are filled in by `bases.ts`.
 */
import * as z from 'zod';
import type { ToolName } from '../protocol/formats/role.ts';
import { CALLS, SIX } from '../protocol/syscalls.ts';
import type { ToolSchema } from './providers/provider.ts';

export const bashInput = z.object({
  script: z
    .string()
    .min(1)
    .max(200_000)
    .describe('The script. It starts in the folder and with the variables the last one ended with.'),
});

const MORE: Partial<Record<ToolName, string>> = {
  read: 'Long files come in parts: the answer says from which offset to go on.',
  write:
    "Every change passes the operator's policy. Before replacing a file with `put`, read it; for a small change prefer `edit`.",
  propose: 'For what `write` refuses: the operator decides, and it is applied as proposed.',
  fire: 'An agent is named by its folder (/workspace/agents/<name>, with args.prompt), a job by its file. With args.wait true the answer is what it said at its end; without, only that it started. It knows nothing of this conversation, and may write only what you may write too.',
};

const BASH =
  'Run bash over the workspace: pipes, grep, sed, awk, jq, find and the like. What a script changes is kept as one change set at its end. ' +
  'There is no network. `allod` lists further commands. Prefer it for looking through many files and for changing many at once.';

/** Fields that a model has no use for. */
const HIDDEN = new Set(['base', 'attrs', 'as', 'expiresAt']);

type Json = Record<string, unknown>;

const textOnly = (schema: Json): void => {
  if (!Array.isArray(schema['anyOf'])) return;
  const kinds = schema['anyOf'] as Json[];
  // Bytes have no JSON form: zod leaves an empty schema in their place.
  if (kinds.length !== 2 || kinds[0]?.['type'] !== 'string' || Object.keys(kinds[1] ?? { x: 1 }).length > 0) return;
  delete schema['anyOf'];
  schema['type'] = 'string';
};

const inputSchema = (schema: z.core.$ZodType): ToolSchema['input_schema'] => {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      textOnly(jsonSchema as Json);
      const { properties } = jsonSchema;
      if (properties) for (const name of HIDDEN) delete properties[name];
    },
  });
  const { $schema: _schema, ...rest } = json;
  return { ...rest, type: 'object' };
};

export const toolSchemas = (allowed: readonly ToolName[]): ToolSchema[] => {
  const calls = SIX.filter((name) => allowed.includes(name)).map((name): ToolSchema => {
    const { summary, schema } = CALLS[name];
    return { name, description: [summary, MORE[name]].filter(Boolean).join(' '), input_schema: inputSchema(schema) };
  });
  return allowed.includes('bash')
    ? [...calls, { name: 'bash', description: BASH, input_schema: inputSchema(bashInput) }]
    : calls;
};
