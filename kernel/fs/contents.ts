/**
 * Content of files, now and as it was. Head contents are kept in a small LRU and are always built from a checkpoint
 * plus every later entry, never from a delta alone; a content that does not match its recorded hash is EBADMSG.
 */
import * as Y from 'yjs';
import { concatBytes } from '../protocol/bytes.ts';
import type { ContentKind, NodeId, SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Log } from '../protocol/log.ts';
import { request, transact } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import type { Histories } from './history.ts';
import type { HistRow } from './projection.ts';
import { buildDoc, textHash, textOf } from './texts.ts';
import type { TreeNode } from './tree.ts';
import { readBlob } from './blobs.ts';

/** A value: a changed file gets a new one. Only the document behind a text is shared and moves on. */
export type Content =
  | { as: 'text'; doc: Y.Doc; text: string }
  | { as: 'record'; bytes: Uint8Array }
  | { as: 'blob'; manifests: Uint8Array[] };

/** A checkpoint in `docs`: the state after the first `count` revisions. */
export type DocRow = { count: number; state: Uint8Array };

const CACHED = 256;
/** A text is checkpointed when this many edits would have to be replayed. */
export const CHECKPOINT_EDITS = 32;

export type Contents = {
  load: (node: TreeNode) => Promise<Content>;
  /** The content after revision `index` (0 is the first), built from the journal alone. */
  asOf: (rows: readonly HistRow[], index: number) => Promise<Content>;
  bytesOf: (content: Content) => Promise<Uint8Array>;
  put: (id: NodeId, content: Content) => void;
  drop: (id: NodeId) => void;
  clear: () => void;
  /** Checkpoints due for these nodes, and a call to make once they are on disk. */
  checkpoints: (nodes: Iterable<TreeNode>) => Map<NodeId, DocRow>;
  checkpointed: (rows: ReadonlyMap<NodeId, DocRow>) => void;
  /** The rows of the generation that revision `index` belongs to: from the last create or put up to it. */
  generation: (rows: readonly HistRow[], index: number) => HistRow[];
};

const generation: Contents['generation'] = (rows, index) => {
  const upTo = rows.slice(0, index + 1);
  const start = upTo.findLastIndex((row) => row.op === 'create' || row.op === 'put');
  return start < 0
    ? []
    : upTo
        .slice(start)
        .filter((row) => row.op === 'create' || row.op === 'put' || row.op === 'edit' || row.op === 'append');
};

const kindOf = (first: SealedEntry | undefined): ContentKind => {
  const change = first?.entry.change;
  return change && 'as' in change ? change.as : fail('EBADMSG', 'this file has no first revision in the journal.');
};

export const createContents = (db: Database, log: Log, histories: Histories, client: () => number): Contents => {
  const cache = new Map<NodeId, Content>();
  /** How many revisions the stored checkpoint covers, where known. */
  const covered = new Map<NodeId, number>();

  const put: Contents['put'] = (id, content) => {
    cache.delete(id);
    cache.set(id, content);
    const oldest = cache.size > CACHED ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
  };

  const fromEntries = (kind: ContentKind, base: Uint8Array[], entries: readonly SealedEntry[]): Content => {
    const payloads = entries.map((sealed) => sealed.entry.payload);
    if (kind === 'record') return { as: 'record', bytes: concatBytes(payloads) };
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

  const asOf: Contents['asOf'] = async (rows, index) => {
    const entries = await entriesOf(generation(rows, index));
    return fromEntries(kindOf(entries[0]), [], entries);
  };

  const sound = (node: TreeNode, content: Content): boolean =>
    content.as !== 'text' || textHash(content.text) === node.hash;

  /** The stored checkpoint and what came after it. It is a cache: whatever is wrong with it, the journal still knows. */
  const fromCheckpoint = async (node: TreeNode, since: readonly HistRow[]): Promise<Content | undefined> => {
    if (node.as !== 'text') return undefined;
    const doc = await transact(
      db,
      ['docs'],
      'readonly',
      ({ docs }) => request(docs.get(node.id)) as Promise<DocRow | undefined>,
    );
    if (!doc || doc.count <= (since[0]?.index ?? 0)) return undefined;
    const entries = await entriesOf(since.filter((row) => row.index >= doc.count));
    try {
      const content = fromEntries('text', [doc.state], entries);
      if (sound(node, content)) covered.set(node.id, doc.count);
      return sound(node, content) ? content : undefined;
    } catch {
      return undefined;
    }
  };

  const build = async (node: TreeNode): Promise<Content> => {
    if (node.count === 1) {
      const only = await log.entries([node.revision]);
      return fromEntries(kindOf(only[0]), [], only);
    }
    const rows = await histories.of(node);
    return (await fromCheckpoint(node, generation(rows, rows.length - 1))) ?? asOf(rows, rows.length - 1);
  };

  const load: Contents['load'] = async (node) => {
    for (;;) {
      const cached = cache.get(node.id);
      if (cached) {
        put(node.id, cached);
        return cached;
      }
      const { revision } = node;
      await log.settled();
      const built = await build(node).then(
        (content) => ({ content }),
        (cause: unknown) => ({ cause }),
      );
      // Somebody may have loaded or changed it meanwhile: theirs is the newer.
      if (cache.has(node.id) || node.revision !== revision) continue;
      if ('cause' in built) throw built.cause;
      if (!sound(node, built.content)) fail('EBADMSG', 'the content of this file does not match its recorded hash.');
      put(node.id, built.content);
      return built.content;
    }
  };

  return {
    load,
    asOf,
    generation,
    put,
    drop: (id) => void cache.delete(id),
    clear: () => {
      cache.clear();
      covered.clear();
    },
    bytesOf: async (content) => {
      if (content.as === 'text') return new TextEncoder().encode(content.text);
      return content.as === 'record' ? content.bytes : readBlob(db, content.manifests);
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
