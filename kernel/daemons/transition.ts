/**
 * Did this change make a field become a value? True on the transition only: saving again with the same value, or a
 * change elsewhere in the file, is none. The field is one of the front matter, or a top-level key of a YAML or JSON file.
 */
import type { Revision, WatchEvent } from '../protocol/files.ts';
import { parseFrontMatter, parseYaml } from '../protocol/formats/document.ts';
import type { Job } from '../protocol/formats/job.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

const RECENT = 50;
const MAX_YAML = 64 * 1024;

const frontOf = (path: Path, text: string) => {
  if (/\.(?:ya?ml|json)$/.test(path)) return text.length <= MAX_YAML ? parseYaml(path, text) : undefined;
  const close = text.startsWith('---') ? text.indexOf('\n---', 3) : 0;
  return close >= 0 && close <= MAX_YAML ? parseFrontMatter(path, text) : undefined;
};

/** The field's value as text; undefined when there is none. */
export const fieldOf = (path: Path, text: string, field: string): string | undefined => {
  const parsed = frontOf(path, text);
  const data = parsed?.ok ? parsed.value.data : undefined;
  if (data === null || typeof data !== 'object' || !Object.hasOwn(data, field)) return undefined;
  const value: unknown = data[field as keyof typeof data];
  return value === null || value === undefined
    ? undefined
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number | boolean);
};

const valueAt = async (sys: Sys, path: Path, field: string, at: string | undefined): Promise<string | undefined> => {
  const read = await sys.read(path, { as: 'text', ...(at ? { at } : {}) });
  return read.ok ? fieldOf(path, String(read.value.content), field) : undefined;
};

/** The newest revision with other content made before the change set that `event` tells of. */
const before = (revisions: readonly Revision[], event: WatchEvent): Revision | undefined => {
  const index = Math.max(
    0,
    revisions.findIndex((revision) => revision.id === event.revision),
  );
  const cause = revisions[index]?.cause;
  return revisions
    .slice(index + 1)
    .find((revision) => revision.op !== 'attr' && revision.op !== 'move' && (!cause || revision.cause !== cause));
};

export const isTransition = async (sys: Sys, on: NonNullable<Job['on']>, event: WatchEvent): Promise<boolean> => {
  const { field, becomes } = on;
  if (field === undefined) return true;
  const now = await valueAt(sys, event.path, field, event.revision);
  if (now === undefined || (becomes !== undefined && now !== becomes)) return false;
  const history = await sys.list(event.path, { history: true, limit: RECENT });
  const previous = history.ok ? before(history.value.entries, event) : undefined;
  return previous === undefined || (await valueAt(sys, event.path, field, previous.id)) !== now;
};
