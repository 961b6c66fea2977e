/**
 * Segments on disk, in `post` under [segment, bucket]; the documents of a segment are its bucket -1. `sys` holds under
 * 'proj:search' which segments count, with a version and a watermark, written in the transaction that changes them [S4].
 * What lies in `post` beside them was left by a crash, is never read, and gives way when its number comes up again.
 */
import type { VersionVector } from '../protocol/entry.ts';
import type { Database, SysRow } from '../store/schema.ts';
import { request, transact, transactFenced, type Stores } from '../store/transact.ts';
import { decodeDocuments, encodeDocuments, type Documents, type Kept, type Loaded } from './documents.ts';
import { bucketOf, encodeBuckets, has, IndexDamaged, MAX_BUCKETS, PARTS, type Postings } from './segment.ts';

/** Raise it whenever a row's shape, or what a term is, changes: the next boot rebuilds. */
export const SEARCH_VERSION = 2;
const KEY = 'proj:search';
const DOCUMENTS = -1;

export type Mark = { version: number; vector: VersionVector; segments: Kept[]; next: number };
export type Asked = { segment: Pick<Loaded, 'id' | 'present'>; bucket: number | undefined };

const presence = (rows: ReadonlyMap<number, unknown>): Uint8Array => {
  const present = new Uint8Array(MAX_BUCKETS / 8);
  for (const bucket of rows.keys()) present[bucket >> 3] = (present[bucket >> 3] ?? 0) | (1 << (bucket & 7));
  return present;
};

const putRows = async (post: IDBObjectStore, id: number, rows: ReadonlyMap<number, Uint8Array>): Promise<void> => {
  await Promise.all([...rows].map(([bucket, row]) => request(post.put(row, [id, bucket]))));
};

export const createShelf = (db: Database, epoch: number) => {
  const all = (id: number): IDBKeyRange => db.keyRange.bound([id, DOCUMENTS], [id, MAX_BUCKETS]);

  /** What is stored, or nothing when it cannot be trusted beside a journal that reaches to `vector`. */
  const load = (vector: VersionVector): Promise<{ mark: Mark; segments: Loaded[] } | undefined> =>
    transact(db, ['sys', 'post'], 'readonly', async ({ sys, post }) => {
      const mark = ((await request(sys.get(KEY))) as SysRow | undefined)?.v as Mark | undefined;
      if (mark?.version !== SEARCH_VERSION) return undefined;
      if (Object.entries(mark.vector).some(([device, seq]) => seq > (vector[device] ?? 0))) return undefined;
      const rows = await Promise.all(mark.segments.map(({ id }) => request(post.get([id, DOCUMENTS]))));
      if (rows.some((row) => !(row instanceof Uint8Array))) return undefined;
      try {
        const segments = mark.segments.map((kept, i) => ({ ...kept, ...decodeDocuments(rows[i] as Uint8Array) }));
        return { mark, segments };
      } catch {
        return undefined;
      }
    });

  /** One bucket of each of these segments, or all of them: rows by segment. */
  const read = async (wanted: readonly Asked[]): Promise<Uint8Array[][]> => {
    const answers = await transact(db, ['post'], 'readonly', ({ post }) =>
      Promise.all(
        wanted.map(async ({ segment: { id, present }, bucket }): Promise<unknown[]> => {
          if (bucket === undefined) return request(post.getAll(db.keyRange.bound([id, 0], [id, MAX_BUCKETS])));
          return has(present, bucket) ? [await request(post.get([id, bucket]))] : [];
        }),
      ),
    );
    return answers.map((rows, i) => {
      const { segment, bucket } = wanted[i] as Asked;
      const complete = bucket !== undefined || rows.length === count(segment.present);
      if (!complete || !rows.every((row) => row instanceof Uint8Array))
        throw new IndexDamaged(`segment ${segment.id} of the index lacks rows`);
      return rows;
    });
  };

  const change = (mark: Mark, body: (stores: Stores) => Promise<void>): Promise<void> =>
    transactFenced(db, epoch, ['post', 'sys'], async (stores) => {
      await body(stores);
      await request(stores.sys.put({ k: KEY, v: mark }));
    });

  /** A new segment whole, in one transaction with the mark that names it; `wipe` clears what cannot be trusted. */
  const add = async (mark: Mark, kept: Kept, docs: Documents, postings: Postings, wipe: boolean): Promise<Loaded> => {
    const rows = encodeBuckets(postings, kept.buckets);
    const present = presence(rows);
    await change(mark, async ({ post }) => {
      await request(wipe ? post.clear() : post.delete(all(kept.id)));
      await putRows(post, kept.id, new Map([...rows, [DOCUMENTS, encodeDocuments(present, docs)]]));
    });
    return { ...kept, present, docs };
  };

  /** A large segment comes in parts, so that calls are answered between them; it counts when `seal` names it. */
  const addPart = async (id: number, postings: Postings, buckets: number, first: boolean): Promise<number[]> => {
    const rows = encodeBuckets(postings, buckets);
    await transactFenced(db, epoch, ['post'], async ({ post }) => {
      if (first) await request(post.delete(all(id)));
      await putRows(post, id, rows);
    });
    return [...rows.keys()];
  };

  const seal = async (
    mark: Mark,
    kept: Kept,
    docs: Documents,
    filled: number[],
    gone: readonly Kept[],
  ): Promise<Loaded> => {
    const present = presence(new Map(filled.map((bucket) => [bucket, true])));
    await change(mark, async ({ post }) => {
      await putRows(post, kept.id, new Map([[DOCUMENTS, encodeDocuments(present, docs)]]));
      for (const { id } of gone) await request(post.delete(all(id)));
    });
    return { ...kept, present, docs };
  };

  /** Many documents at once: as a merge writes them, without gone ones. */
  const addInParts = async (mark: Mark, kept: Kept, docs: Documents, postings: Postings): Promise<Loaded> => {
    const parts = new Map<number, Postings>();
    for (const [term, list] of postings) {
      const part = bucketOf(term, Math.min(PARTS, kept.buckets));
      const terms = parts.get(part);
      if (terms) terms.set(term, list);
      else parts.set(part, new Map([[term, list]]));
    }
    const filled: number[] = [];
    for (const terms of parts.values())
      filled.push(...(await addPart(kept.id, terms, kept.buckets, filled.length === 0)));
    return seal(mark, kept, docs, filled, []);
  };

  return { load, read, add, addInParts, addPart, seal };
};

export type Shelf = ReturnType<typeof createShelf>;

const count = (present: Uint8Array): number => {
  let bits = 0;
  for (let bucket = 0; bucket < MAX_BUCKETS; bucket++) if (has(present, bucket)) bits++;
  return bits;
};
