/**
 * The database: one Dexie database per workspace. This room knows rows and transactions, not what an entry means.
 *
 *   journal [d+s]  {d: device number, s: first sequence, c: count, b: segment bytes}   TRUTH; rows are merged, entries never change
 *   chunks  h      {h: sha256 hex, b}                                                  TRUTH for blobs
 *   dirs    key    one row per directory                                               projection
 *   docs    key    checkpoint of one text                                              projection
 *   hist    key    [node, page] → revisions of one file                                projection
 *   revs    key    [node, page] → what a text was at those revisions                   projection, made when asked for
 *   sys     k      epoch, device, devices, watermarks
 *   secrets k      encrypted; never leaves this device
 *   quar    ++i    foreign entries that failed verification
 *   post    key    [segment, bucket] → packed postings of the full-text index             projection, since version 2
 *
 * No secondary indexes on `journal`: each index in the hot transaction costs 0.2–0.5 ms.
 * A later version may add stores; it never rewrites truth. Projections carry their own version and are rebuilt.
 * [S7] A database that a newer version needs, or that was deleted, is let go and never opened again by this kernel.
 */
import Dexie, { type Table } from 'dexie';
import { SysFailure } from '../protocol/errors.ts';

const VERSION = 2;

export type JournalRow = { d: number; s: number; c: number; b: Uint8Array };
export type ChunkRow = { h: string; b: Uint8Array };
export type SysRow = { k: string; v: unknown };
export type SecretRow = { k: string; origins: string[]; iv: Uint8Array; data: ArrayBuffer };

/** IndexedDB itself, so that tests bring their own. */
export type IndexedDb = { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange };

export class Database extends Dexie {
  declare journal: Table<JournalRow, [number, number]>;
  declare chunks: Table<ChunkRow, string>;
  declare dirs: Table<unknown, string>;
  declare docs: Table<unknown, string>;
  declare hist: Table<unknown, [string, number]>;
  declare revs: Table<unknown, [string, number]>;
  declare sys: Table<SysRow, string>;
  declare post: Table<Uint8Array, [number, number]>;
  declare secrets: Table<SecretRow, string>;
  readonly keyRange: typeof IDBKeyRange;
  private closedByUs = false;
  private reopening: Promise<unknown> | undefined;
  /** Why this database is not ours any more; every later use is refused with it. */
  gone: SysFailure | undefined;
  private tell: (gone: SysFailure) => void = () => undefined;
  readonly whenGone = new Promise<SysFailure>((resolve) => (this.tell = resolve));

  /** `mustExist`: it was seen before, so where it is missing it was removed, and no empty one is made. */
  constructor(name: string, idb?: IndexedDb, mustExist = false) {
    super(name, idb ? { indexedDB: idb.indexedDB, IDBKeyRange: idb.IDBKeyRange } : {});
    this.keyRange = idb?.IDBKeyRange ?? IDBKeyRange;
    this.version(1).stores({
      journal: '[d+s]',
      chunks: 'h',
      dirs: '',
      docs: '',
      hist: '',
      sys: 'k',
      secrets: 'k',
      quar: '++i',
    });
    this.version(VERSION).stores({ post: '', revs: '' });
    // Closing waits for transactions that are under way: what was begun is done, nothing more is.
    this.on('versionchange', ({ newVersion }) => {
      this.letGo(newVersion === null ? removed() : newer());
      return false;
    });
    // Thrown inside the transaction that would create it: no empty database takes the place of the one that was lost.
    this.on('populate', () => {
      if (!this.reopening && !mustExist) return;
      this.letGo(removed());
      throw removed();
    });
  }

  // Dexie would go on in a database whose version it does not know.
  override open(): ReturnType<Dexie['open']> {
    return super.open().then(
      (db) => {
        // Dexie counts in tenths, and adds one where it mends a schema by itself.
        if (Math.floor(this.backendDB().version / 10) <= VERSION) return db;
        this.letGo(newer());
        throw newer();
      },
      (cause: unknown) => {
        throw this.gone ?? cause;
      },
    );
  }

  private letGo(why: SysFailure): void {
    this.gone ??= why;
    this.close();
    this.tell(this.gone);
  }

  /** Dexie closes with `disableAutoOpen: false` when the browser took the connection; without it, we are done. */
  override close(options?: { disableAutoOpen: boolean }): void {
    if (options?.disableAutoOpen !== false) this.closedByUs = true;
    super.close(options);
    // Looked at now and not when next needed: with the connection, the database may be gone.
    if (!this.closedByUs && !this.reopening) void this.reopen().catch(() => undefined);
  }

  /** A new connection for one that was lost; everybody who lost it shares one attempt. Never after our own `close`. */
  async reopen(): Promise<void> {
    if (this.closedByUs) throw new Dexie.DatabaseClosedError('closed by the kernel');
    this.reopening ??= Promise.resolve()
      .then(async () => {
        super.close({ disableAutoOpen: false });
        await this.open();
      })
      .finally(() => (this.reopening = undefined));
    await this.reopening;
  }
}

const newer = (): SysFailure =>
  new SysFailure({
    code: 'EPROTO',
    call: '',
    message:
      'A newer version of Allod has opened this workspace. This tab can no longer write to it; nothing was lost. Reload this tab.',
  });

const removed = (): SysFailure =>
  new SysFailure({
    code: 'ENOENT',
    call: '',
    message:
      'This workspace was removed from this browser: its site data was cleared, here or in another tab. Copy what you still see in this tab first; a reload starts a new, empty workspace.',
  });

export const databaseName = (workspace: string): string => `allod:${workspace}`;
