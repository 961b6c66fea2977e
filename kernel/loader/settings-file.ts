/**
 * /workspace/settings/<program>.yaml: what the program lets the operator set, with its defaults. Made once, on the first
 * activation, and the operator's from then on. The same manifest gives the same bytes.
 */
import { stringify } from 'yaml';
import type { ProgramManifest } from '../protocol/formats/program.ts';
import type { Path } from '../protocol/paths.ts';

type Setting = ProgramManifest['settings'][string];

const EMPTY: Record<Setting['type'], unknown> = { string: '', 'string[]': [], number: 0, boolean: false };

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

export const settingsPath = (program: string): Path => `/workspace/settings/${program}.yaml`;

/** Undefined when there is nothing to set. */
export const settingsText = (settings: ProgramManifest['settings'] | undefined): string | undefined => {
  const rows = Object.entries(settings ?? {});
  if (rows.length === 0) return undefined;
  return rows
    .map(
      ([key, setting]) =>
        `# ${oneLine(setting.title)}\n${stringify({ [key]: setting.default ?? EMPTY[setting.type] })}`,
    )
    .join('');
};
