/**
 * Content of files, now and as it was. Head contents are kept in a bounded cache and are always built from a checkpoint
 * plus every later entry, never from a delta alone; a content that does not match its recorded hash is EBADMSG.
 * Where devices wrote apart, no revision recorded what stands: `refresh` works it out, and the caller keeps the hash.
 */
import type * as Y from 'yjs';
import { concatBytes, hashHex, toUtf8 } from '../protocol/bytes.ts';
import { revisionOf, type ContentKind, type NodeId, type RevisionId, type SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Log } from '../protocol/log.ts';
import { request, transact } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { createContentCache } from './content-cache.ts';
import { decodeManifest } from './chunks.ts';
import { changesContent, inTime, standing, startsContent, upTo, type Standing } from './generations.ts';
import { splitId, type HistRow } from './hist-store.ts';
import type { Histories } from './history.ts';
import { recordBytes, recordHash, recordOf, type RecordContent } from './record.ts';
import { firstText, newText, textHash, type TextContent } from './text-form.ts';
import type { createRevisions } from './revisions.ts';
import type { TreeNode } from './tree.ts';

/** A value: a changed file gets a new one. Only the document behind a text is shared and moves on. */
export type Content = TextContent | RecordContent | { as: 'blob'; manifests: Uint8Array[] };
/** As it was: for reading, with no document to go on from. */
export type Past = Exclude<Content, { as: 'text' }> | { as: 'text'; text: string };

/** What a content is known by: as `Stat` tells it. */
export type Described = { as: ContentKind; size: number; hash: string };
/** A former content, and what it is known by. */
export type Was = Omit<Described, 'as'> & { content: Past };

/** A checkpoint in `docs`: the state after the first `count` revisions, and the hash of its text. */
export type DocRow = { count: number; hash: string; state: Uint8Array };

/** A text is checkpointed when this many edits would have to be replayed. */
export const CHECKPOINT_EDITS = 8;

export type Contents = {
  load: (node: TreeNode) => Promise<Content>;
  /** What the author of this revision had before him: checked against its hash, whether from `revs` or the journal. */
  asOf: (node: TreeNode, row: HistRow) => Promise<Was>;
  /** What this and all that is older by time make, whether or not their authors had seen one another. */
  until: (node: TreeNode, row: HistRow) => Promise<Was>;
  /** The revisions that make the content as it is now, oldest first. */
  members: (node: TreeNode) => Promise<HistRow[]>;
  /**
   * Work out what stands after revisions came in whose authors had not seen all that is here. To be called under the
   * writer's lock once they are noted; `lost` is the newest revision that was replaced by somebody who had not seen it.
   */
  refresh: (node: TreeNode) => Promise<Described & { lost?: RevisionId }>;
  /** The document behind a text. */
  document: (content: TextContent) => Promise<Y.Doc>;
  bytesOf: (content: Past) => Promise<Uint8Array>;
  /** What is in memory of it, and does not count as used. */
  held: (id: NodeId) => Content | undefined;
  put: (id: NodeId, content: Content) => void;
  drop: (id: NodeId) => void;
  clear: () => void;
  /** Checkpoints due for these nodes, and a call to make once they are on disk. */
  checkpoints: (nodes: Iterable<TreeNode>) => Map<NodeId, DocRow>;
  checkpointed: (rows: ReadonlyMap<NodeId, DocRow>) => void;
};

const kindOf = (first: SealedEntry | undefined): ContentKind => {
  const change = first?.entry.change;
  return change && 'as' in change ? change.as : fail('EBADMSG', 'this file has no first revision in the journal.');
};

const unsound = (): never => fail('EBADMSG', 'the content of this file does not match its recorded hash.');

const hashOf = (content: Past): string => {
  if (content.as === 'text') return textHash(content.text);
  return content.as === 'record' ? recordHash(content) : hashHex(concatBytes(content.manifests));
};

const sound = (recorded: { hash: string }, content: Past): boolean => hashOf(content) === recorded.hash;

const sizeOf = (content: Past): number => {
  if (content.as === 'text') return toUtf8(content.text).length;
  if (content.as === 'record') return content.size;
  return content.manifests.flatMap(decodeManifest).reduce((sum, chunk) => sum + chunk.size, 0);
};

const describe = (content: Past): Described => ({
  as: content.as,
  size: sizeOf(content),
  hash: hashOf(content),
});

type Options = { db: Database; epoch: number; log: Log; histories: Histories; client: () => number };

export const createContents = ({ db, epoch, log, histories, client }: Options): Contents => {
  const cache = createContentCache();
  /** Loaded by the first look at a former text. */
  let former: ReturnType<typeof createRevisions> | undefined;
  const revisions = async () =>
    (former ??= (await import('./revisions.ts')).createRevisions(db, epoch, log, histories));
  /** How many revisions the stored checkpoint covers, where known. */
  const covered = new Map<NodeId, number>();

  const textFrom = async (updates: readonly Uint8Array[]): Promise<TextContent> => {
    const [only, ...more] = updates;
    const text = only && more.length === 0 ? firstText(only) : undefined;
    if (only && text !== undefined) return newText(text, only);
    const { builtText } = await import('./texts.ts');
    try {
      return builtText(updates, client());
    } catch {
      return fail('EBADMSG', 'an edit of this file is no edit of a text.');
    }
  };

  const fromEntries = async (
    kind: ContentKind,
    base: Uint8Array[],
    entries: readonly SealedEntry[],
  ): Promise<Content> => {
    const payloads = entries.map((sealed) => sealed.entry.payload);
    if (kind === 'record') return recordOf(payloads);
    if (kind === 'blob') return { as: 'blob', manifests: payloads };
    return textFrom([...base, ...payloads]);
  };

  const entriesOf = async (rows: readonly HistRow[]): Promise<SealedEntry[]> => {
    await log.settled();
    const entries = await log.entries(rows.map((row) => row.id));
    if (entries.length !== rows.length) fail('EBADMSG', 'a revision of this file is missing from the journal.');
    return entries;
  };

  /** The same where devices wrote in turns: asked for by device, since neighbours in one segment cost one read. */
  const mergedEntries = async (rows: readonly HistRow[]): Promise<SealedEntry[]> => {
    const asked = rows.map((row) => ({ row, ...splitId(row.id) }));
    asked.sort((a, b) => (a.device === b.device ? a.seq - b.seq : a.device < b.device ? -1 : 1));
    const found = await entriesOf(asked.map(({ row }) => row));
    const entries = new Map(found.map((sealed) => [revisionOf(sealed.entry), sealed]));
    return rows.flatMap((row) => entries.get(row.id) ?? []);
  };

  const made = (entries: readonly SealedEntry[]): Promise<Content> => fromEntries(kindOf(entries[0]), [], entries);

  /** Two devices that forked the same bundle made one file: known by the bytes of their first updates. */
  const standingOf = async (rows: readonly HistRow[]): Promise<Standing<HistRow>> => {
    const creates = rows.filter((row) => row.op === 'create');
    if (creates.length < 2) return standing(rows);
    const payloads = (await mergedEntries(creates)).map(({ entry }) => hashHex(entry.payload));
    const keys = new Map(creates.map((row, i) => [row, `${row.as} ${payloads[i]}`]));
    return standing(rows, (start) => keys.get(start) ?? start.id);
  };

  const members: Contents['members'] = async (node) =>
    (await histories.generation(node, node.count - 1)) ?? (await standingOf(await histories.since(node))).members;

  const contentOf = async (rows: readonly HistRow[]): Promise<Content> =>
    made(await mergedEntries((await standingOf(rows)).members));

  const asOf: Contents['asOf'] = async (node, row) => {
    const { size, hash } = row;
    const text = await (await revisions()).textAt(node, row);
    if (text !== undefined) return { content: { as: 'text', text }, size, hash };
    const rows = await histories.generation(node, row.index);
    const content = rows ? await made(await entriesOf(rows)) : await contentOf(upTo(await histories.since(node), row));
    // A move or the like, made where devices wrote apart, did not record what stood then.
    if (!rows && !changesContent(row)) return { content, ...describe(content) };
    return sound(row, content) ? { content, size, hash } : unsound();
  };

  const until: Contents['until'] = async (node, row) => {
    const rows = await histories.since(node);
    const content = await contentOf(rows.filter((other) => inTime(other, row) <= 0));
    return { content, ...describe(content) };
  };

  /**
   * The stored checkpoint and what came after it. It is a cache: whatever is wrong with it, the journal still knows.
   * `hash` is what must come out; when that is not known, the checkpoint's own text must be what it was.
   */
  const fromCheckpoint = async (node: TreeNode, hash?: string): Promise<Content | undefined> => {
    if (node.as !== 'text') return undefined;
    const doc = await transact(
      db,
      ['docs'],
      'readonly',
      ({ docs }) => request(docs.get(node.id)) as Promise<DocRow | undefined>,
    );
    if (!doc || !(doc.count > 0 && doc.count <= node.count)) return undefined;
    const since = await histories.since(node, doc.count);
    // A new content began after it: it is of a document that is over.
    if (since.some(startsContent)) return undefined;
    const later = since.some((row) => row.seen)
      ? (await standingOf(await histories.since(node))).members.filter((row) => row.index >= doc.count)
      : since.filter(changesContent);
    const entries = await entriesOf(later);
    try {
      if (hash === undefined && textHash((await textFrom([doc.state])).text) !== doc.hash) return undefined;
      const content = await fromEntries('text', [doc.state], entries);
      if (hash !== undefined && hashOf(content) !== hash) return undefined;
      covered.set(node.id, doc.count);
      return content;
    } catch {
      return undefined;
    }
  };

  const build = async (node: TreeNode): Promise<Content> => {
    if (node.count === 1) return made(await log.entries([node.revision]));
    return (await fromCheckpoint(node, node.hash)) ?? made(await mergedEntries(await members(node)));
  };

  const load: Contents['load'] = async (node) => {
    for (;;) {
      const cached = cache.get(node.id);
      if (cached) {
        cache.put(node.id, cached);
        return cached;
      }
      const { revision, count } = node;
      await log.settled();
      const built = await build(node).then(
        (content) => ({ content }),
        (cause: unknown) => ({ cause }),
      );
      // Somebody may have loaded or changed it meanwhile: theirs is the newer.
      if (cache.get(node.id) || node.revision !== revision || node.count !== count) continue;
      if ('cause' in built) throw built.cause;
      if (!sound(node, built.content)) unsound();
      cache.put(node.id, built.content);
      return built.content;
    }
  };

  const refresh: Contents['refresh'] = async (node) => {
    cache.drop(node.id);
    await log.settled();
    const { members, lost } = await standingOf(await histories.since(node));
    const content = (await fromCheckpoint(node)) ?? (await made(await mergedEntries(members)));
    cache.put(node.id, content);
    const last = lost.at(-1);
    return { ...describe(content), ...(last ? { lost: last.id } : {}) };
  };

  return {
    load,
    asOf,
    until,
    members,
    refresh,
    document: async (content) => (await import('./texts.ts')).docOf(content, client()),
    held: cache.get,
    put: cache.put,
    drop: cache.drop,
    clear: () => {
      cache.clear();
      covered.clear();
    },
    bytesOf: async (content) => {
      if (content.as === 'text') return new TextEncoder().encode(content.text);
      return content.as === 'record'
        ? recordBytes(content)
        : (await import('./blobs.ts')).readBlob(db, content.manifests);
    },
    checkpoints: (nodes) => {
      const due = new Map<NodeId, DocRow>();
      for (const node of nodes) {
        const content = cache.get(node.id);
        if (content?.as !== 'text' || node.count - (covered.get(node.id) ?? 0) <= CHECKPOINT_EDITS) continue;
        const state = content.made.state?.() ?? content.made.from;
        if (state) due.set(node.id, { count: node.count, hash: node.hash, state });
      }
      return due;
    },
    checkpointed: (rows) => {
      for (const [id, row] of rows) covered.set(id, row.count);
    },
  };
};
