/**
 * Agent Plugins 1.0.0 manifest (plugin.json) and what of a bundle we read beside it. Ours sits under
 * extensions."org.allod"; other clients may load the same zip for its skills and MCP servers.
 */
import * as z from 'zod';
import { err, ok, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';

export const PLUGIN_SCHEMA = 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json';
const NAME = /^(?!.*(?:--|\.\.))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

const pluginSchema = z.object({
  $schema: z.literal(PLUGIN_SCHEMA, { error: `must be exactly "${PLUGIN_SCHEMA}"` }),
  name: z
    .string()
    .max(64, 'at most 64 characters')
    .regex(NAME, 'lower-case letters, digits, single dots and dashes; starts and ends with a letter or digit'),
  version: z.string().min(1).max(64).default('0.0.0'),
  description: z.string().max(1000).default(''),
  author: z
    .strictObject({ name: z.string().optional(), email: z.string().optional(), url: z.string().optional() })
    .optional(),
  homepage: z.string().optional(),
  repository: z.string().optional(),
  license: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});
export type Plugin = z.infer<typeof pluginSchema>;

/** Unknown top-level keys and a non-object `extensions` are reported and ignored; anything else wrong refuses the plugin. */
export const parsePlugin = (file: Path, text: string): Result<{ plugin: Plugin; warnings: string[] }> => {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    return err('EINVAL', `${file}: is not valid JSON (${cause instanceof Error ? cause.message : 'unreadable'}).`, {
      path: file,
    });
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    return err('EINVAL', `${file}: must be one JSON object.`, { path: file });
  }
  const fields: Record<string, unknown> = { ...data };
  const warnings: string[] = [];
  for (const key of Object.keys(fields)) {
    if (key in pluginSchema.shape) continue;
    warnings.push(`${file}: "${key}" is not part of Agent Plugins 1.0.0 and was ignored.`);
    delete fields[key];
  }
  const extensions = fields['extensions'];
  if (
    extensions !== undefined &&
    (extensions === null || typeof extensions !== 'object' || Array.isArray(extensions))
  ) {
    warnings.push(`${file}: "extensions" is not an object and was ignored.`);
    delete fields['extensions'];
  }
  const result = pluginSchema.safeParse(fields);
  if (result.success) return ok({ plugin: result.data, warnings });
  const issue = result.error.issues[0];
  return err('EINVAL', `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected shape'}`, {
    path: file,
  });
};
