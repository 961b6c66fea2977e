/**
 * A file's revisions as its history tells them: one line for what was one act. Typing seals a revision twice a second;
 * a sitting of it is one line. Entries that changed no content (an attribute) are left out. Pure.
 */
import type { Revision } from '../../../kernel/protocol/files.ts';

export type RevisionGroup = {
  /** The newest revision's id. */
  id: string;
  /** Newest first, at least one. */
  revisions: Revision[];
  newest: Revision;
  oldest: Revision;
  /** The content before the whole group; absent when the file began with it. */
  before?: Revision;
};

const CONTENT = new Set<string>(['create', 'edit', 'put', 'append', 'move', 'rename', 'reparent', 'remove', 'restore']);
const SITTING_MS = 10 * 60_000;

/** `revisions` newest first, as the kernel lists them. */
export const groupRevisions = (revisions: readonly Revision[]): RevisionGroup[] => {
  const groups: RevisionGroup[] = [];
  for (const revision of revisions.filter(({ op }) => CONTENT.has(op))) {
    const last = groups.at(-1);
    if (last && oneAct(last.oldest, revision)) {
      last.revisions.push(revision);
      last.oldest = revision;
      continue;
    }
    if (last) last.before = revision;
    groups.push({ id: revision.id, revisions: [revision], newest: revision, oldest: revision });
  }
  return groups;
};

const oneAct = (later: Revision, earlier: Revision): boolean => {
  if (later.op !== 'edit' || earlier.op !== 'edit') return false;
  if (later.actor !== earlier.actor || later.message !== earlier.message || (later.run ?? '') !== (earlier.run ?? ''))
    return false;
  return Date.parse(later.at) - Date.parse(earlier.at) < SITTING_MS;
};
