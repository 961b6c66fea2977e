/**
 * skills/<name>/SKILL.md, as Agent Plugins 1.0.0 and Agent Skills define them: immediate children only, the name in the
 * front matter is the folder's. A bad skill is left out alone, with a warning.
 */
import * as z from 'zod';
import { check, parseFrontMatter } from '../protocol/formats/document.ts';
import type { TextReader } from './text-reader.ts';
import type { Files } from './unzip.ts';

const skillSchema = z.looseObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes'),
  description: z.string().min(1, 'a description is needed').max(1024),
});

export const readSkills = (files: Files, text: TextReader): { skills: string[]; warnings: string[] } => {
  const folders = new Set(
    [...files.keys()].filter((path) => /^skills\/[^/]+\//.test(path)).map((path) => path.split('/')[1] ?? ''),
  );
  const skills: string[] = [];
  const warnings: string[] = [];
  for (const folder of [...folders].sort()) {
    const file = `skills/${folder}/SKILL.md`;
    const skip = (why: string) => warnings.push(`${why} The skill ${folder} is left out.`);
    if (!files.has(file)) {
      skip(`${file} is missing.`);
      continue;
    }
    const source = text(file);
    const parsed = source.ok ? parseFrontMatter(file, source.value) : source;
    const checked = parsed.ok ? check(file, skillSchema, parsed.value) : parsed;
    if (!checked.ok) skip(checked.error.message);
    else if (checked.value.value.name !== folder)
      skip(`${file}: its name is "${checked.value.value.name}", and must be the folder's.`);
    else skills.push(folder);
  }
  return { skills, warnings };
};
