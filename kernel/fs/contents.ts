/**
 * Content of files, now and as it was. Head contents are kept in a bounded cache and are always built from a checkpoint
 * plus every later entry, never from a delta alone; a content that does not match its recorded hash is EBADMSG.
 */
import * as Y from 'yjs';
import { concatBytes, hashHex } from '../protocol/bytes.ts';
import type { ContentKind, NodeId, SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Log } from '../protocol/log.ts';
import { request, transact } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { createContentCache } from './content-cache.ts';
import { startsContent, changesContent, type Histories } from './history.ts';
import type { HistRow } from './projection.ts';
import { recordBytes, recordHash, recordOf, type RecordContent } from './record.ts';
import { buildDoc, textHash, textOf } from './texts.ts';
import type { createRevisions } from './revisions.ts';
import type { TreeNode } from './tree.ts';
import { readBlob } from './blobs.ts';

/** A value: a changed file gets a new one. Only the document behind a text is shared and moves on. */
export type Content =
  | { as: 'text'; doc: Y.Doc; text: string }
  | RecordContent
  | { as: 'blob'; manifests: Uint8Array[] };
/** As it was: for reading, with no document to go on from. */
export type Past = Exclude<Content, { as: 'text' }> | { as: 'text'; text: string };

/** A checkpoint in `docs`: the state after the first `count` revisions. */
export type DocRow = { count: number; state: Uint8Array };

/** A text is checkpointed when this many edits would have to be replayed. */
export const CHECKPOINT_EDITS = 32;

export type Contents = {
  load: (node: TreeNode) => Promise<Content>;
  /** The content that this revision recorded: checked against its hash, whether from `revs` or from the journal. */
  asOf: (node: TreeNode, row: HistRow) => Promise<Past>;
  /** What stands in a file that was changed apart; `lost` names a content that lost. */
  refresh: (
    node: TreeNode,
  ) => Promise<{ as: ContentKind; size: number; hash: string; lost?: { revision: string; at: number } }>;
  bytesOf: (content: Past) => Promise<Uint8Array>;
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

type Options = { db: Database; epoch: number; log: Log; histories: Histories; client: () => number };

export const createContents = ({ db, epoch, log, histories, client }: Options): Contents => {
  const cache = createContentCache();
  /** Loaded by the first look at a former text. */
  let former: ReturnType<typeof createRevisions> | undefined;
  const revisions = async () =>
    (former ??= (await import('./revisions.ts')).createRevisions(db, epoch, log, histories));
  /** How many revisions the stored checkpoint covers, where known. */
  const covered = new Map<NodeId, number>();

  const fromEntries = (kind: ContentKind, base: Uint8Array[], entries: readonly SealedEntry[]): Content => {
    const payloads = entries.map((sealed) => sealed.entry.payload);
    if (kind === 'record') return recordOf(payloads);
    if (kind === 'blob') return { as: 'blob', manifests: payloads };
    const doc = buildDoc([...base, ...payloads], client());
    return { as: 'text', doc, text: textOf(doc) };
  };

  const entriesOf = async (rows: readonly HistRow[]): Promise<SealedEntry[]> => {
    await log.settled();
    const entries = await log.entries(rows.map((row) => row.id));
    if (entries.length !== rows.length) fail('EBADMSG', 'a revision of this file is missing from the journal.');
    return entries;
  };

  const fromJournal = async (node: TreeNode, index: number): Promise<Content> => {
    const entries = await entriesOf(await histories.generation(node, index));
    return fromEntries(kindOf(entries[0]), [], entries);
  };

  const asOf: Contents['asOf'] = async (node, row) => {
    const text = await (await revisions()).textAt(node, row);
    if (text !== undefined) return { as: 'text', text };
    const content = await fromJournal(node, row.index);
    return sound(row, content) ? content : unsound();
  };

  /** The stored checkpoint and what came after it. It is a cache: whatever is wrong with it, the journal still knows. */
  const fromCheckpoint = async (node: TreeNode): Promise<Content | undefined> => {
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
    const entries = await entriesOf(since.filter(changesContent));
    try {
      const content = fromEntries('text', [doc.state], entries);
      if (!sound(node, content)) return undefined;
      covered.set(node.id, doc.count);
      return content;
    } catch {
      return undefined;
    }
  };

  const build = async (node: TreeNode): Promise<Content> => {
    if (node.count === 1) {
      const only = await log.entries([node.revision]);
      return fromEntries(kindOf(only[0]), [], only);
    }
    return (await fromCheckpoint(node)) ?? fromJournal(node, node.count - 1);
  };

  const load: Contents['load'] = async (node) => {
    for (;;) {
      const cached = cache.get(node.id);
      if (cached) {
        cache.put(node.id, cached);
        return cached;
      }
      const { revision } = node;
      await log.settled();
      const built = await build(node).then(
        (content) => ({ content }),
        (cause: unknown) => ({ cause }),
      );
      // Somebody may have loaded or changed it meanwhile: theirs is the newer.
      if (cache.get(node.id) || node.revision !== revision) continue;
      if ('cause' in built) throw built.cause;
      if (!sound(node, built.content)) unsound();
      cache.put(node.id, built.content);
      return built.content;
    }
  };

  return {
    load,
    asOf,
    refresh: async () => fail('ENOSYS', 'not built yet'),
    put: cache.put,
    drop: cache.drop,
    clear: () => {
      cache.clear();
      covered.clear();
    },
    bytesOf: async (content) => {
      if (content.as === 'text') return new TextEncoder().encode(content.text);
      return content.as === 'record' ? recordBytes(content) : readBlob(db, content.manifests);
    },
    checkpoints: (nodes) => {
      const due = new Map<NodeId, DocRow>();
      for (const node of nodes) {
        const content = cache.get(node.id);
        if (content?.as !== 'text' || node.count - (covered.get(node.id) ?? 0) <= CHECKPOINT_EDITS) continue;
        due.set(node.id, { count: node.count, state: Y.encodeStateAsUpdate(content.doc) });
      }
      return due;
    },
    checkpointed: (rows) => {
      for (const [id, row] of rows) covered.set(id, row.count);
    },
  };
};
