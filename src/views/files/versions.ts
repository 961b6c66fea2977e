/** Former versions of a file: their text for a diff, and bringing one back as a new revision. */
import { err, ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Revision } from '../../../kernel/protocol/files.ts';
import type { Client } from '../../client/client.ts';
import { diffLines, type LineDiff } from '../line-diff.ts';
import type { RevisionGroup } from './revision-groups.ts';

/** Longer texts are not compared line by line here. */
const MOST_CHARS = 500_000;

export type VersionDiff = LineDiff | { not: 'text' | 'small' };

export type Versions = {
  /** A group's change: from what stood before it to what it left. */
  diff: (group: RevisionGroup) => Promise<Result<VersionDiff>>;
};

type Text = { text: string } | { not: 'text' | 'small' };

export const createVersions = (client: Client, path: string): Versions => {
  const texts = new Map<string, Promise<Result<Text>>>();
  const read = async (revision: string): Promise<Result<Text>> => {
    const found = await client.stub.read(path, { at: revision });
    if (!found.ok) return found;
    const { content } = found.value;
    if (typeof content !== 'string') return ok({ not: 'text' });
    return ok(content.length > MOST_CHARS ? { not: 'small' } : { text: content });
  };
  const textOf = (revision: Revision | undefined): Promise<Result<Text>> => {
    if (!revision || revision.op === 'remove') return Promise.resolve(ok({ text: '' }));
    const known = texts.get(revision.id) ?? read(revision.id);
    texts.set(revision.id, known);
    return known;
  };
  return {
    diff: async ({ newest, before }) => {
      // A removal takes the content away; what it left is the version before it.
      const [from, to] = await Promise.all([textOf(before), textOf(newest)]);
      if (!from.ok) return from;
      if (!to.ok) return to;
      if ('not' in from.value) return ok(from.value);
      if ('not' in to.value) return ok(to.value);
      return ok(diffLines(from.value.text, to.value.text));
    },
  };
};

/** Put a former content on top: a new revision, so nothing is lost by it. A removed file stands again at its path. */
export const restoreVersion = async (
  client: Client,
  path: string,
  revision: Revision,
  said: string,
): Promise<Result<{ revisions: string[] }>> => {
  const old = await client.stub.read(path, { at: revision.id });
  if (!old.ok) return old;
  const now = await client.stub.read(path, { length: 1 });
  if (!now.ok && now.error.code !== 'ENOENT') return now;
  if (now.ok && now.value.stat.hash === old.value.stat.hash)
    return err('EINVAL', 'That is what the file holds now. Nothing to restore.');
  const base = now.ok ? now.value.stat.revision : null;
  const content = old.value.content as string | Uint8Array<ArrayBuffer>;
  return client.stub.write([{ op: 'put', path, content, base }], {
    message: `Restored revision ${revision.id}, ${said}`,
  });
};
