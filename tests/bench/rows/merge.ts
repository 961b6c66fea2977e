// What arrives from another device. The durable part: 10,000 entries verified (signature, chain, every hash) and written
// in one strict transaction, against the same bytes put as 10,000 records in one strict raw transaction, unverified.
import { loadDevices } from '../../../kernel/journal/devices.ts';
import { openJournal, type Journal } from '../../../kernel/journal/journal.ts';
import { hashHex, toUtf8 } from '../../../kernel/protocol/bytes.ts';
import type { Parcel } from '../../../kernel/protocol/parcel.ts';
import { Database } from '../../../kernel/store/schema.ts';
import { nextEpoch } from '../../../kernel/store/transact.ts';
import { msText } from '../drive/text.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import { openOurs, value, type Ours } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { MESSAGE, samples } from '../measure/corpus.ts';
import { median, spread, timed } from '../measure/numbers.ts';
import { NOTHING } from '../measure/stock.ts';
import { row } from '../row.ts';

const REPEATS = 3;
/** Entries in a change set of the author's. */
const SET = 50;

type Times = { merge: number; raw: number };

const openBareJournal = async (name: string): Promise<Journal> => {
  const db = new Database(name);
  await db.open();
  const epoch = await nextEpoch(db);
  const { self, numbers } = await loadDevices(db, epoch);
  return openJournal({ db, device: self, numbers, epoch, now: () => Date.now(), onRollback: () => undefined });
};

const written = async (entries: number): Promise<{ parcels: Parcel[]; payloads: Uint8Array[] }> => {
  const author = await openBareJournal('merge-author');
  const payloads = samples(0, entries, '/workspace/written').map(({ text }) => toUtf8(text));
  for (let from = 0; from < entries; from += SET) {
    const batch = author.batch();
    for (const [i, payload] of payloads.slice(from, from + SET).entries()) {
      const node = hashHex(`${from + i}`).slice(0, 32);
      const change = { op: 'edit' as const, size: payload.length, hash: hashHex(payload) };
      batch.add({ node, actor: 'operator', message: MESSAGE, run: '', cause: '', change, payload });
    }
    await batch.commit();
  }
  const parcels: Parcel[] = [];
  for (let have = 0; have < author.entryCount(); have = parcels.at(-1)?.head.seq ?? Infinity)
    parcels.push(...(await author.parcels({ [author.device]: have })));
  return { parcels, payloads };
};

const merges = async ({ entries }: { entries: number }): Promise<Times[]> => {
  const { parcels, payloads } = await written(entries);
  const raw = await openRaw('strict');
  const at = Date.now();
  const records = payloads.map((text, i) => ({
    path: `/workspace/${i}`,
    text,
    actor: 'operator',
    message: MESSAGE,
    at,
  }));
  const out: Times[] = [];
  for (let i = 0; i <= REPEATS; i++) {
    const journal = await openBareJournal(`merge-${i}`);
    const ours = await timed(async () => {
      const merged = await journal.merge(parcels);
      if (merged.entries.length < entries) throw new Error(`only ${merged.entries.length} entries were taken`);
    });
    const plain = await timed(() => raw.putAll(records));
    // The first warms up.
    if (i > 0) out.push({ merge: ours.ms, raw: plain.ms });
  }
  return out;
};

const FOLDERS = 1_000;
const FILES_EACH = 8;
const LOCAL_MOVES = 2_000;
const FAR_MOVES = 500;

const folder = (i: number): string => `/workspace/tree/f${i % FOLDERS}`;
const inSets = async (kernel: Ours, changes: Change[]): Promise<void> => {
  for (let from = 0; from < changes.length; from += 500) await kernel.change(changes.slice(from, from + 500));
};
/** Folders change places, each into another one or back out: neighbours, so that no move closes a cycle by itself. */
const move = async (kernel: Ours, i: number): Promise<void> => {
  const [from, home] = [folder(i * 7), folder(i * 7 + 1)];
  const inside = `${home}/${from.slice(from.lastIndexOf('/') + 1)}`;
  const there = await kernel.sys.list(from);
  await kernel.sys.write([there.ok ? { op: 'move', from, to: inside } : { op: 'move', from: inside, to: from }], {
    message: MESSAGE,
  });
};
const give = async (from: Ours, to: Ours): Promise<{ ms: number; entries: number }> => {
  let [ms, entries] = [0, 0];
  for (;;) {
    const parcels = await from.running.journal.parcels(to.running.journal.vector());
    if (parcels.length === 0) return { ms, entries };
    const { ms: took, value: merged } = await timed(() => to.running.kernel.fs.merge(parcels));
    const taken = value(merged).entries.length;
    if (taken === 0) return { ms, entries };
    ms += took;
    entries += taken;
  }
};

/** Two kernels with one tree; then both move folders apart, and the far one writes. What the merge takes, applied and all. */
const moves = async ({ entries }: { entries: number }): Promise<{ ms: number; entries: number }> => {
  const [near, far] = [await openOurs('near'), await openOurs('far')];
  const files = Array.from({ length: FOLDERS * FILES_EACH }, (_, i): Change => {
    const path = `${folder(i)}/n${Math.floor(i / FOLDERS)}.md`;
    return { op: 'put', path, content: path, base: null };
  });
  await inSets(far, files);
  await give(far, near);
  for (let i = 0; i < LOCAL_MOVES; i++) await move(near, i);
  const edits = entries - FAR_MOVES;
  await inSets(
    far,
    Array.from({ length: edits }, (_, i): Change => ({ op: 'append', path: pathOfFile(files, i), content: `${i}\n` })),
  );
  for (let i = 0; i < FAR_MOVES; i++) await move(far, 3 * i + 1);
  await near.settle();
  await far.settle();
  const done = await give(far, near);
  await near.stop();
  await far.stop();
  return done;
};
const pathOfFile = (files: readonly Change[], i: number): string => {
  const one = files[i % files.length];
  return one?.op === 'put' ? one.path : '';
};

export const mergeRow = row({
  name: 'merge',
  title: 'Merging entries of another device',
  tasks: { merges, moves },
  drive: async (bench, ask) => {
    const entries = bench.options.quick ? 2_000 : 10_000;
    const done = (
      await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'merges', { entries })))
    ).flat();
    const apart = await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'moves', { entries })));
    const ratios = done.map(({ merge, raw }) => raw / merge);
    const middle = (key: keyof Times): string => msText(median(done.map((times) => times[key])));
    return [
      {
        what: `verified durable merge of ${entries.toLocaleString('en')} foreign entries of 2 KB`,
        ours: middle('merge'),
        against: `raw IndexedDB, one strict transaction ${middle('raw')}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        target: { kind: 'promise', direction: 'at least', reach: 0.6, aim: 1 },
        note: 'the journal alone; what applies the entries to the tree is not in it',
      },
      {
        what: `merge of ${entries.toLocaleString('en')} entries with 500 directory moves against 2,000 local moves`,
        ours: `${msText(median(apart.map(({ ms }) => ms)))}, applied and durable`,
        against: '–',
        value: median(apart.map(({ ms }) => ms)),
        spread: spread(apart.map(({ ms }) => ms)),
        unit: 'ms',
        note: `${median(apart.map((one) => one.entries)).toLocaleString('en')} entries with those that sessions add; 8,000 files in 1,000 folders`,
      },
    ];
  },
});
