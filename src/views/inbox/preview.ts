/**
 * Exactly what approving would change: each change laid over the content as it stands, in order, so that a later one
 * sees what an earlier one leaves. A change that no longer fits says why: approving it would fail, whole.
 */
import type { Change } from '../../../kernel/protocol/files.ts';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { visible } from './exact-fields.ts';
import { diffLines, type LineDiff } from '../line-diff.ts';

export type Preview = {
  op: Change['op'];
  path: Path;
  /** Where a move leads. */
  to?: Path;
  diff?: LineDiff;
  /** Content that is not text, or too long to compare. */
  unseen?: string;
  /** Why this cannot be applied any more. */
  problem?: string;
};

/** A file as it stands: `text` is absent when it is not text. */
export type FileNow = { revision: string; text?: string } | undefined;
export type ReadStanding = (path: Path) => Promise<FileNow>;

const MOST_CHARS = 400_000;
const CHANGED = 'The file was changed after this was proposed, so approving would fail. It has to be proposed again.';

export const previewChanges = async (changes: readonly Change[], read: ReadStanding): Promise<Preview[]> => {
  const standing = new Map<Path, FileNow>();
  const at = async (path: Path): Promise<FileNow> => {
    if (!standing.has(path)) standing.set(path, await read(path));
    return standing.get(path);
  };
  const out: Preview[] = [];
  for (const change of changes) out.push(await one(change, at, (path, next) => standing.set(path, next)));
  return out;
};

type Put = (path: Path, next: FileNow) => void;

/** A revision that stands only in this preview: a `put` over it was bound to nothing that could be checked. */
const PREVIEWED = '';

const one = async (change: Change, at: ReadStanding, put: Put): Promise<Preview> => {
  if (change.op === 'mkdir') return { op: change.op, path: change.path };
  if (change.op === 'move') {
    const [from, to] = [await at(change.from), await at(change.to)];
    put(change.to, from);
    put(change.from, undefined);
    const problem = !from ? `${change.from} is not there any more.` : to ? `${change.to} exists by now.` : undefined;
    return { op: change.op, path: change.from, to: change.to, ...(problem ? { problem } : {}) };
  }
  const now = await at(change.path);
  const preview: Preview = { op: change.op, path: change.path };
  if (change.op === 'remove') {
    put(change.path, undefined);
    return now ? { ...preview, ...compared(now.text, '') } : { ...preview, problem: 'It is not there any more.' };
  }
  if (change.op === 'edit') {
    if (now?.text === undefined)
      return {
        ...preview,
        ...compared(change.old, change.new),
        problem: now ? 'It is not text.' : 'It is not there any more.',
      };
    const found = now.text.split(change.old).length - 1;
    const next = change.all
      ? now.text.replaceAll(change.old, () => change.new)
      : now.text.replace(change.old, () => change.new);
    put(change.path, { revision: PREVIEWED, text: next });
    if (found === 0)
      return {
        ...preview,
        ...compared(change.old, change.new),
        problem: 'The text to replace does not stand in the file any more, so approving would fail.',
      };
    if (found > 1 && !change.all)
      return {
        ...preview,
        ...compared(change.old, change.new),
        problem: `The text to replace stands in the file ${found} times, so approving would fail.`,
      };
    return { ...preview, ...compared(now.text, next) };
  }
  if (change.op === 'restore') return preview;
  const content = typeof change.content === 'string' ? change.content : undefined;
  const next = content === undefined ? undefined : change.op === 'append' ? (now?.text ?? '') + content : content;
  put(change.path, { revision: PREVIEWED, ...(next === undefined ? {} : { text: next }) });
  const problem = change.op === 'put' ? staleness(change.base, now) : undefined;
  return { ...preview, ...compared(now ? now.text : '', next), ...(problem ? { problem } : {}) };
};

const staleness = (base: string | null | undefined, now: FileNow): string | undefined => {
  if (base === undefined || now?.revision === PREVIEWED) return undefined;
  if (base === null) return now ? 'A file stands at this path by now, so approving would fail.' : undefined;
  return now?.revision === base ? undefined : CHANGED;
};

const compared = (before: string | undefined, after: string | undefined): Pick<Preview, 'diff' | 'unseen'> => {
  if (before === undefined || after === undefined) return { unseen: 'Not text, so there are no lines to compare.' };
  if (before.length + after.length > MOST_CHARS) return { unseen: 'Too long to compare here.' };
  return { diff: diffLines(visible(before), visible(after)) };
};

export const opWords: Record<Change['op'], string> = {
  put: 'Writes',
  edit: 'Edits',
  append: 'Adds to',
  move: 'Moves',
  remove: 'Removes',
  mkdir: 'Makes the folder',
  restore: 'Restores',
};
