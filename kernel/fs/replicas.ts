/**
 * Devices that write one file apart, for tests: the real tree, histories, contents and reads of each over a fake disk of
 * its own, and a journal that all of them can read. What one device takes in of another is chosen by the test.
 */
import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { hashHex, toHex, toUtf8 } from '../protocol/bytes.ts';
import { revisionOf, type Entry, type Op, type SealedEntry } from '../protocol/entry.ts';
import type { Log } from '../protocol/log.ts';
import { Database, type IndexedDb } from '../store/schema.ts';
import { nextEpoch, request, transactFenced } from '../store/transact.ts';
import { encodeManifest } from './chunks.ts';
import { createContents, type Content, type Past } from './contents.ts';
import { writeHistories } from './hist-store.ts';
import { createHistories } from './history.ts';
import { createReads } from './reads.ts';
import { appendTo, recordBytes, recordOf } from './record.ts';
import { firstUpdate, newText, textHash } from './text-form.ts';
import { applyEdits, docOf } from './texts.ts';
import { createTree, ROOT } from './tree.ts';

const NODE = 'f'.repeat(32);
export const PATH = '/f.md';
/** What every device would find at its peers: entries by revision, and what their authors had before them. */
export type Made = { sealed: SealedEntry; vector: Record<string, number>; held: string; text?: string };

export const plain = (content: Past): string => {
  if (content.as === 'text') return `text ${content.text}`;
  return content.as === 'record'
    ? `record ${toHex(recordBytes(content))}`
    : `blob ${content.manifests.map(toHex).join(' ')}`;
};
const manifestOf = (bytes: Uint8Array): Uint8Array => encodeManifest([{ hash: hashHex(bytes), size: bytes.length }]);

/** One device: the real tree, histories and contents over a disk of its own, and a journal that all of them share. */
export const createReplica = async (number: number, made: Map<string, Made>) => {
  const device = `${number}`.repeat(32);
  const idb = { indexedDB: new IDBFactory(), IDBKeyRange } as unknown as IndexedDb;
  const db = new Database(`replica${number}`, idb);
  await db.open();
  const epoch = await nextEpoch(db);
  const log = {
    device,
    settled: async () => undefined,
    entries: async (ids: readonly string[]) => ids.flatMap((id) => made.get(id)?.sealed ?? []),
  } as unknown as Log;
  const tree = createTree();
  const onDamage = (): never => {
    throw new Error('the stored history was taken for damaged');
  };
  const histories = createHistories({ db, log, nodeOf: (id) => tree.get(id), onDamage });
  let client = number * 1000;
  const contents = createContents({ db, epoch, log, histories, client: () => client });
  const reads = createReads({
    tree: () => tree,
    log,
    contents,
    histories,
    ready: async () => undefined,
    reach: async () => undefined,
  });
  const held: string[] = [];
  const vector: Record<string, number> = {};
  let clock = 1e12;
  let lost: string | undefined;
  const node = () => tree.get(NODE) ?? tree.view(0);

  const apply = (entry: Entry, seen?: Record<string, number>): void => {
    const before = tree.get(NODE);
    const first = before?.count === 1 ? before.revision : undefined;
    tree.sees(entry.device, made.get(revisionOf(entry))?.vector ?? {});
    tree.apply(entry);
    histories.note(entry, node(), PATH, seen, first);
    held.push(revisionOf(entry));
    vector[entry.device] = entry.seq;
    clock = Math.max(clock, entry.at);
  };

  const make = (change: Op, payload: Uint8Array, content?: Content): void => {
    const seq = (vector[device] ?? 0) + 1;
    clock += seq % 3 === 0 ? 0 : 1;
    const stamp = { at: clock, tick: made.size };
    const said = { actor: `agent:${number}` as const, message: `m${seq}`, run: '', cause: '', more: false };
    const entry: Entry = { device, seq, ...stamp, node: NODE, ...said, change, payload, prev: new Uint8Array(32) };
    made.set(revisionOf(entry), {
      sealed: { entry, bytes: payload, hash: payload },
      vector: { ...vector },
      held: content ? plain(content) : '',
      ...(content?.as === 'text' ? { text: content.text } : {}),
    });
    apply(entry);
    if (content) contents.put(NODE, content);
  };

  /** A character of its own for each revision, so that a text tells who wrote what. */
  const mark = (): string => String.fromCodePoint(0x4e00 + made.size);

  const whole = (as: Content['as'], text: string, withClient = client) => {
    const bytes = toUtf8(text);
    if (as === 'text') {
      const update = firstUpdate(text, withClient);
      return {
        content: newText(text, update) as Content,
        payload: update,
        size: bytes.length,
        hash: textHash(text),
      };
    }
    if (as === 'record')
      return { content: recordOf([bytes]) as Content, payload: bytes, size: bytes.length, hash: hashHex(bytes) };
    const manifest = manifestOf(bytes);
    const content: Content = { as, manifests: [manifest] };
    return { content, payload: manifest, size: bytes.length, hash: hashHex(manifest) };
  };

  return {
    made,
    held,
    reads,
    node,
    contents,
    histories,
    lost: () => lost,
    create: (as: Content['as'], fork: boolean, text = fork ? 'fork'.repeat(3) : mark().repeat(3)) => {
      const { content, payload, size, hash } = whole(as, text, fork ? 7 : client);
      make({ op: 'create', parent: ROOT, name: 'f.md', as, attrs: {}, size, hash }, payload, content);
    },
    put: (as: Content['as']) => {
      const { content, payload, size, hash } = whole(as, mark().repeat(4));
      make({ op: 'put', as, size, hash }, payload, content);
    },
    change: async (where: number) => {
      const content = await contents.load(node());
      if (content.as === 'text') {
        const at = where % (content.text.length + 1);
        const remove = Math.min(where % 3, content.text.length - at);
        const insert = mark().repeat(1 + (where % 4));
        const text = content.text.slice(0, at) + insert + content.text.slice(at + remove);
        const update = applyEdits(docOf(content, client), [{ at, remove, insert }]);
        make({ op: 'edit', size: toUtf8(text).length, hash: textHash(text) }, update, { ...content, text });
      } else if (content.as === 'record') {
        const added = toUtf8(mark());
        const grown = appendTo(content, added);
        make({ op: 'append', size: grown.size, hash: hashHex(recordBytes(appendTo(content, added))) }, added, grown);
      } else {
        const added = toUtf8(mark());
        const manifests = [...content.manifests, manifestOf(added)];
        const joined = hashHex(Uint8Array.from(manifests.flatMap((one) => [...one])));
        make({ op: 'append', size: node().size + added.length, hash: joined }, manifestOf(added), {
          as: 'blob',
          manifests,
        });
      }
    },
    attr: async () => {
      const content = await contents.load(node());
      make({ op: 'attr', key: 'k', value: mark() }, new Uint8Array(), content);
    },
    /** Take in what another device has, in the order in which it got it there. */
    merge: async (other: readonly string[]) => {
      let apart = false;
      for (const id of other) {
        const one = made.get(id);
        if (!one || held.includes(id)) continue;
        const all = held.every((had) => {
          const [name = '', seq] = had.split('.');
          const full = name.slice(0, 1).repeat(32);
          return Number(seq) <= (one.vector[full] ?? 0);
        });
        const { [one.sealed.entry.device]: _own, ...others } = one.vector;
        const seen = Object.fromEntries(Object.entries(others).map(([name, seq]) => [name.slice(0, 12), seq]));
        apply(one.sealed.entry, all ? undefined : seen);
        contents.drop(NODE);
        apart ||= !all;
      }
      if (!apart) return;
      const { lost: replaced, ...stands } = await contents.refresh(node());
      tree.setContent(node(), stands);
      lost = replaced;
    },
    /** What is done `meanwhile` comes when it is decided what to write and not yet written. */
    flush: async (meanwhile?: () => Promise<void>) => {
      const pending = [...histories.pending()];
      const due = await histories.due(pending);
      const docs = contents.checkpoints([node()]);
      await meanwhile?.();
      await transactFenced(db, epoch, ['docs', 'hist'], async (stores) => {
        for (const [id, row] of docs) await request(stores.docs.put(row, id));
        await writeHistories(stores, due);
      });
      histories.flushed(pending.length);
      contents.checkpointed(docs);
    },
    /** Nothing is in memory any more but the tree. */
    forget: () => {
      histories.clear();
      contents.clear();
      client += 1;
    },
    checkpoints: () => db.docs.count(),
    damageCheckpoint: (state: Uint8Array) =>
      db.docs.toCollection().modify((row: { state: Uint8Array }) => void (row.state = state)),
    stop: () => db.close(),
  };
};
export type Replica = Awaited<ReturnType<typeof createReplica>>;
