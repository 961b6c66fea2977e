/** Former versions of a file: their texts, and what two of them differ in. */
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
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
  /** A version's text; of a removal, and of nothing, the empty one. */
  textOf: (revision: Revision | undefined) => Promise<Result<VersionText>>;
};

export type VersionText = { text: string } | { not: 'text' | 'small' };

/** What two versions differ in, if they are texts. */
export const diffTexts = (from: VersionText, to: VersionText): VersionDiff =>
  'not' in from ? from : 'not' in to ? to : diffLines(from.text, to.text);

/** The text at a revision, or the one there now. */
export const textAt = async (client: Client, path: string, at?: string): Promise<Result<VersionText>> => {
  const found = await client.stub.read(path, at === undefined ? {} : { at });
  if (!found.ok) return found;
  const { content } = found.value;
  if (typeof content !== 'string') return ok({ not: 'text' });
  return ok(content.length > MOST_CHARS ? { not: 'small' } : { text: content });
};

export const createVersions = (client: Client, path: string): Versions => {
  const texts = new Map<string, Promise<Result<VersionText>>>();
  const textOf = (revision: Revision | undefined): Promise<Result<VersionText>> => {
    if (!revision || revision.op === 'remove') return Promise.resolve(ok({ text: '' }));
    const known = texts.get(revision.id) ?? textAt(client, path, revision.id);
    texts.set(revision.id, known);
    return known;
  };
  return {
    textOf,
    diff: async ({ newest, before }) => {
      // A removal takes the content away; what it left is the version before it.
      const [from, to] = await Promise.all([textOf(before), textOf(newest)]);
      if (!from.ok) return from;
      if (!to.ok) return to;
      return ok(diffTexts(from.value, to.value));
    },
  };
};
