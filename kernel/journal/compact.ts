/**
 * Compaction: adjacent small rows of one device become one deflated row of at most 64 KB of entries. Entries keep every
 * byte, so hashes and revisions stay what they are. One step is one transaction that puts the merged row and deletes
 * the others; before it, the merged row is read back as any reader would and compared with what it replaces.
 * The newest rows are left alone, and nothing is done while a commit waits or when it would not pay.
 * [S2] A row that begins with a session entry begins there for ever: its key keeps out the kernel that led before.
 */
import { concatBytes, equalBytes } from '../protocol/bytes.ts';
import type { SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Database, JournalRow, SysRow } from '../store/schema.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import { bodyLength, deflatedSegment, inflated } from './deflated.ts';
import { bodyOf, isDeflated, rawSegment, SEGMENT_BYTES, unpackSegment } from './segments.ts';

/** The newest rows, and rows younger than this, are never touched. */
const KEEP_ROWS = 2;
const KEEP_MS = 30_000;
/** Worth it when rows are more than 1.2 × what they could be, and at least this many more. */
const SLACK = 0.2;
const SLACK_ROWS = 16;
const STEP_ROWS = 256;
const FETCH_ROWS = 32;
const BODY_BYTES = SEGMENT_BYTES - 2;

/** Up to `seq` there is nothing left to do: `rows` full rows. */
type Mark = { seq: number; rows: number };
type Run = { rows: JournalRow[]; entries: SealedEntry[]; full: boolean };

export type Compaction = {
  db: Database;
  epoch: number;
  device: number;
  now: () => number;
  /** Commits are waiting: they go first. */
  busy: () => boolean;
};

const markKey = (device: number): string => `compacted:${device}`;

const deflate = async (bytes: Uint8Array): Promise<Uint8Array> => {
  let stream: CompressionStream;
  try {
    stream = new CompressionStream('deflate-raw');
  } catch {
    return (await import('./flate.ts')).deflateSync(bytes);
  }
  const packed = new Blob([bytes as BlobPart]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(packed).arrayBuffer());
};

/** Rows after the mark that may be touched, one more than fit into one, and whether it is worth while. */
const look = ({ db, device }: Compaction): Promise<{ mark: Mark; rows: JournalRow[]; allowed: number }> =>
  transact(db, ['journal', 'sys'], 'readonly', async ({ journal, sys }) => {
    const stored = (await request(sys.get(markKey(device)))) as SysRow | undefined;
    const mark = (stored?.v as Mark | undefined) ?? { seq: 0, rows: 0 };
    const after = (seq: number): IDBKeyRange => db.keyRange.bound([device, seq], [device, Infinity], true);
    const allowed = (await request(journal.count(after(mark.seq)))) - KEEP_ROWS;
    const rows: JournalRow[] = [];
    if (allowed <= Math.max(SLACK_ROWS, SLACK * mark.rows)) return { mark, rows, allowed };
    for (let bytes = 0; bytes <= BODY_BYTES && rows.length < STEP_ROWS;) {
      const range = after(rows.at(-1)?.s ?? mark.seq);
      const more = (await request(journal.getAll(range, FETCH_ROWS))) as JournalRow[];
      for (const row of more) bytes += bodyLength(row.b);
      rows.push(...more);
      if (more.length < FETCH_ROWS) break;
    }
    return { mark, rows, allowed };
  });

/** The first rows that fit together, decoded and sound; `full` when the next one would not fit, or begins a session. */
const firstRun = async (rows: readonly JournalRow[], allowed: number, before: number): Promise<Run> => {
  const run: Run = { rows: [], entries: [], full: false };
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += bodyLength(row.b);
    if (run.rows.length > 0 && bytes > BODY_BYTES) return { ...run, full: true };
    if (index >= allowed || index >= STEP_ROWS) return run;
    const entries = unpackSegment(await inflated(row.b));
    if (run.rows.length > 0 && entries[0]?.entry.change.op === 'session') return { ...run, full: true };
    if ((entries.at(-1)?.entry.at ?? Infinity) > before) return run;
    const last = run.entries.at(-1);
    const sound = entries.every(({ entry }, i) => {
      const prev = entries[i - 1] ?? last;
      return (
        entry.seq === row.s + i && (!prev || (entry.seq === prev.entry.seq + 1 && equalBytes(entry.prev, prev.hash)))
      );
    });
    if (!sound || entries.length !== row.c) fail('EBADMSG', `the row of entry ${row.s} does not fit the chain`);
    run.rows.push(row);
    run.entries.push(...entries);
  }
  return run;
};

/** The row that says what these rows say, in whichever codec is shorter; proven by reading it back. */
const merged = async ({ rows, entries }: Run, first: JournalRow): Promise<JournalRow> => {
  const body = concatBytes((await Promise.all(rows.map((row) => inflated(row.b)))).map(bodyOf));
  const raw = rawSegment(body);
  const packed = deflatedSegment(body, await deflate(body));
  const b = packed.length < raw.length ? packed : raw;
  const read = unpackSegment(await inflated(b));
  const same = read.every((one, i) => {
    const was = entries[i];
    return was !== undefined && equalBytes(one.hash, was.hash) && equalBytes(one.bytes, was.bytes);
  });
  if (!same || read.length !== entries.length)
    throw new Error('a merged row does not read back as what it was made of');
  return { d: first.d, s: first.s, c: entries.length, b };
};

/** One small step; false when there is nothing to do now. Throws EBADMSG at rows that are not sound: they are kept. */
export const compactStep = async (compaction: Compaction): Promise<boolean> => {
  const { db, epoch, device, now, busy } = compaction;
  const { mark, rows, allowed } = await look(compaction);
  const run = await firstRun(rows, allowed, now() - KEEP_MS);
  const [first] = run.rows;
  const last = run.rows.at(-1);
  if (!first || !last || (!run.full && run.rows.length < SLACK_ROWS / 2)) return false;
  const done = run.rows.length === 1 && isDeflated(first.b);
  const row = done ? undefined : await merged(run, first);
  if (busy()) return true;
  await transactFenced(
    db,
    epoch,
    ['journal', 'sys'],
    async ({ journal, sys }) => {
      const stand = await request(journal.count(db.keyRange.bound([device, first.s], [device, last.s])));
      if (stand !== run.rows.length) fail('EAGAIN', 'The rows to merge are not the ones that were read.');
      if (row) await request(journal.put(row));
      if (row && last !== first)
        await request(journal.delete(db.keyRange.bound([device, first.s], [device, last.s], true)));
      if (run.full) {
        const v: Mark = { seq: last.s + last.c - 1, rows: mark.rows + 1 };
        await request(sys.put({ k: markKey(device), v }));
      }
    },
    { strict: true },
  );
  return true;
};
