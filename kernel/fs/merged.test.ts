import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashHex, toHex, toUtf8 } from '../protocol/bytes.ts';
import { revisionOf, type Entry, type Op, type SealedEntry } from '../protocol/entry.ts';
import type { Log } from '../protocol/log.ts';
import { Database, type IndexedDb } from '../store/schema.ts';
import { nextEpoch, request, transactFenced } from '../store/transact.ts';
import { encodeManifest } from './chunks.ts';
import { createContents, type Content, type Past } from './contents.ts';
import { inTime } from './generations.ts';
import { writeHistories } from './hist-store.ts';
import { createHistories } from './history.ts';
import { createReads } from './reads.ts';
import { appendTo, recordBytes, recordOf } from './record.ts';
import { applyEdits, createText, textHash } from './texts.ts';
import { createTree, ROOT } from './tree.ts';

const NODE = 'f'.repeat(32);
const PATH = '/f.md';
/** What every device would find at its peers: entries by revision, and what their authors had before them. */
type Made = { sealed: SealedEntry; vector: Record<string, number>; held: string; text?: string };

const plain = (content: Past): string => {
  if (content.as === 'text') return `text ${content.text}`;
  return content.as === 'record'
    ? `record ${toHex(recordBytes(content))}`
    : `blob ${content.manifests.map(toHex).join(' ')}`;
};
const manifestOf = (bytes: Uint8Array): Uint8Array => encodeManifest([{ hash: hashHex(bytes), size: bytes.length }]);

/** One device: the real tree, histories and contents over a disk of its own, and a journal that all of them share. */
const createReplica = async (number: number, made: Map<string, Made>) => {
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
      const { doc, update } = createText(text, withClient);
      doc.clientID = client;
      return { content: { as, doc, text } as Content, payload: update, size: bytes.length, hash: textHash(text) };
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
    create: (as: Content['as'], fork: boolean) => {
      const text = fork ? 'fork'.repeat(3) : mark().repeat(3);
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
        const update = applyEdits(content.doc, [{ at, remove, insert }]);
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
    flush: async () => {
      const pending = [...histories.pending()];
      const due = await histories.due(pending);
      const docs = contents.checkpoints([node()]);
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
type Replica = Awaited<ReturnType<typeof createReplica>>;

/** Everything F22, F5, F9 and F13 promise of one device, whatever it holds. */
const expectSound = async (one: Replica): Promise<void> => {
  const { made, held, contents, histories, reads } = one;
  const node = one.node();
  const rows = await histories.since(node);
  expect(rows.map(({ id }) => id)).toEqual(held);
  const stands = await contents.load(node);
  for (const row of rows) {
    const { content, size, hash } = await contents.asOf(node, row);
    expect([row.id, plain(content)]).toEqual([row.id, made.get(row.id)?.held]);
    const change = made.get(row.id)?.sealed.entry.change;
    if (change && 'hash' in change) expect([size, hash]).toEqual([change.size, change.hash]);
  }
  const listed: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await reads.history(PATH, { limit: 3, ...(cursor ? { cursor } : {}) });
    if (!page.ok) throw new Error(page.error.message);
    listed.push(...page.value.entries.map(({ id }) => id));
    cursor = page.value.cursor;
    if (cursor === undefined) break;
  }
  expect(listed).toEqual(
    rows
      .toSorted(inTime)
      .reverse()
      .map(({ id }) => id),
  );
  const last = listed[0] ? rows.find(({ id }) => id === listed[0]) : undefined;
  const now = await reads.read(PATH, { at: last?.at ?? '' });
  if (stands.as !== 'blob') expect(now.ok && now.value.stat.hash).toBe(node.hash);
  if (stands.as !== 'text') return;
  const blamed = await reads.blame(PATH);
  if (!blamed.ok) throw new Error(blamed.error.message);
  expect(blamed.value.runs.map(({ from, to }) => stands.text.slice(from, to)).join('')).toBe(stands.text);
  const ids = [...made.keys()];
  for (const { from, to, revision, actor } of blamed.value.runs) {
    expect(actor).toBe(`agent:${revision[0]}`);
    for (const char of stands.text.slice(from, to)) {
      const owner = ids[(char.codePointAt(0) ?? 0) - 0x4e00];
      if (owner === undefined) expect(made.get(revision)?.sealed.entry.change.op).toBe('create');
      else expect(revision).toBe(owner);
    }
  }
};

const kind = fc.constantFrom<Content['as']>('text', 'text', 'text', 'record', 'blob');
const step = fc.record({
  device: fc.nat(2),
  other: fc.nat(2),
  do: fc.constantFrom('change', 'change', 'change', 'merge', 'merge', 'put', 'attr', 'burst', 'flush', 'forget'),
  as: kind,
  where: fc.nat(1000),
});

describe('[F22] devices that wrote one file apart', () => {
  test('[F22] [F5] [F9] [F13] hold the same content, revisions, order and authors once they hold the same entries', async () => {
    let [texts, put, checkpoints] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        kind,
        fc.boolean(),
        fc.array(step, { minLength: 10, maxLength: 60 }),
        async (as, fork, steps) => {
          const made = new Map<string, Made>();
          const replicas = await Promise.all([1, 2, 3].map((number) => createReplica(number, made)));
          const at = (index: number): Replica => replicas[index] as Replica;
          for (const { device, other, do: what, as: next, where } of steps) {
            const one = at(device);
            if (what === 'merge') await one.merge(at(other).held);
            else if (one.held.length === 0) {
              if (fork || made.size === 0) one.create(as, fork);
              else await one.merge(replicas.find(({ held }) => held.length > 0)?.held ?? []);
            } else if (what === 'change') await one.change(where);
            else if (what === 'put' && where % 3 === 0) one.put(next);
            else if (what === 'attr') await one.attr();
            else if (what === 'burst' && where % 4 === 0) for (let i = 0; i < 40; i++) await one.change(where + i);
            else if (what === 'flush' || what === 'forget') {
              await one.flush();
              if (what === 'forget') one.forget();
            }
          }
          for (const one of replicas) if (one.held.length > 0) await expectSound(one);
          for (const one of [...replicas, ...replicas]) for (const { held } of replicas) await one.merge(held);
          if (made.size === 0) return;
          for (const one of replicas) {
            await one.flush();
            checkpoints += await one.checkpoints();
            one.forget();
            await expectSound(one);
          }
          const all = await Promise.all(replicas.map(({ contents, node }) => contents.load(node())));
          expect(new Set(all.map(plain)).size).toBe(1);
          const lost = await Promise.all(
            replicas.map(async ({ contents, node }) => (await contents.refresh(node())).lost),
          );
          expect(new Set(lost).size).toBe(1);
          texts += all[0]?.as === 'text' ? 1 : 0;
          put += lost[0] === undefined ? 0 : 1;
          replicas.forEach((one) => one.stop());
        },
      ),
      { numRuns: 40 },
    );
    expect([texts > 0, put > 0, checkpoints > 0]).toEqual([true, true, true]);
  }, 120_000);
});
