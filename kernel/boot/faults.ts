/**
 * A disk that fails, for tests: commits of the journal refused as the browser refuses them, and rows looked at or
 * damaged behind the kernel's back. Works on the fake IndexedDB of `memory.ts` alone.
 */
// oxlint-disable typescript/unbound-method -- prototypes are patched here, and each is called on its own object
import { IDBDatabase, IDBObjectStore, IDBTransaction } from 'fake-indexeddb';
import { databaseName, Database, type IndexedDb, type JournalRow } from '../store/schema.ts';
import type { Disk } from './memory.ts';

type Patched = { undo: () => void };

/** The next `times` journal rows are refused for want of room: at the request, or when the transaction commits. */
export const refuseCommits = (times: number, where: 'add' | 'commit' = 'add'): Patched => {
  let left = times;
  const full = (): DOMException => new DOMException('full', 'QuotaExceededError');
  const { add } = IDBObjectStore.prototype;
  const { commit } = IDBTransaction.prototype;
  const writesJournal = (tx: IDBTransaction): boolean =>
    tx.objectStoreNames.contains('journal') && tx.mode === 'readwrite';
  IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...args: Parameters<typeof add>) {
    if (where === 'add' && this.name === 'journal' && left-- > 0) throw full();
    return add.apply(this, args);
  };
  IDBTransaction.prototype.commit = function (this: IDBTransaction & { _abort?: (name: string) => void }) {
    if (where === 'commit' && writesJournal(this) && left-- > 0) return this._abort?.('QuotaExceededError');
    return commit.call(this);
  };
  return {
    undo: () => {
      IDBObjectStore.prototype.add = add;
      IDBTransaction.prototype.commit = commit;
    },
  };
};

/** From the n-th row on, nothing more fits on the disk, in any store, until room is made. */
export const fillDisk = (n = Infinity): Patched & { asked: () => number } => {
  const { add, put } = IDBObjectStore.prototype;
  let asked = 0;
  const room = (): void => {
    if (++asked >= n) throw new DOMException('full', 'QuotaExceededError');
  };
  IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...args: Parameters<typeof add>) {
    room();
    return add.apply(this, args);
  };
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
    room();
    return put.apply(this, args);
  };
  return { asked: () => asked, undo: () => void Object.assign(IDBObjectStore.prototype, { add, put }) };
};

/** The next writing request of this kind on the journal is refused by the disk. */
export const refuseRequest = (kind: 'put' | 'delete' | 'count'): Patched => {
  const patched = IDBObjectStore.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const real = patched[kind];
  if (!real) throw new Error(`no request ${kind}`);
  let left = 1;
  patched[kind] = function (this: IDBObjectStore, ...args: unknown[]) {
    if (this.name === 'journal' && this.transaction.mode === 'readwrite' && left-- > 0)
      throw new DOMException('the disk failed', 'DataError');
    return real.apply(this, args);
  };
  return { undo: () => void (patched[kind] = real) };
};

type Transaction = IDBTransaction & {
  _abort: (name: string) => void;
  error: DOMException | null;
  onabort?: () => void;
  oncomplete?: () => void;
};

/**
 * The browser takes the connection away at the next journal commit: before its transaction opens, while it is under way,
 * or when it is done but nobody was told.
 */
export const loseConnection = (when: 'before' | 'during' | 'after', times = 1): Patched & { lost: () => number } => {
  let left = times;
  let lost = 0;
  const { transaction } = IDBDatabase.prototype;
  const { commit } = IDBTransaction.prototype;
  const due = (): boolean => left > 0 && (left--, lost++, true);
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof transaction>) {
    const journal = args[1] === 'readwrite' && [args[0]].flat().includes('journal');
    if (when === 'before' && journal && due()) this.close();
    return transaction.apply(this, args);
  };
  IDBTransaction.prototype.commit = function (this: Transaction) {
    if (when === 'before' || !this.objectStoreNames.contains('journal') || !due()) return commit.call(this);
    this.db.close();
    if (when === 'during') return this._abort('AbortError');
    this.oncomplete = () => {
      this.error = new DOMException('Connection to Indexed Database server lost', 'UnknownError');
      this.onabort?.();
    };
    return commit.call(this);
  } as typeof commit;
  return {
    lost: () => lost,
    undo: () => {
      IDBDatabase.prototype.transaction = transaction;
      IDBTransaction.prototype.commit = commit;
    },
  };
};

/** How many writing transactions took in the journal, and how many were open at once at most. */
export const watchCommits = (): Patched & { seen: () => { transactions: number; atOnce: number } } => {
  const { transaction } = IDBDatabase.prototype;
  let transactions = 0;
  let now = 0;
  let atOnce = 0;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof transaction>) {
    const tx = transaction.apply(this, args);
    if (tx.mode === 'readwrite' && tx.objectStoreNames.contains('journal')) {
      transactions++;
      atOnce = Math.max(atOnce, ++now);
      for (const end of ['complete', 'abort']) tx.addEventListener(end, () => now--);
    }
    return tx;
  };
  return {
    seen: () => ({ transactions, atOnce }),
    undo: () => {
      IDBDatabase.prototype.transaction = transaction;
    },
  };
};

/** How many rows were asked of each store from here on, by key, range or cursor. */
export const watchReads = (): Patched & { rows: (store: string) => number; reset: () => void } => {
  const { get, getAll, openCursor } = IDBObjectStore.prototype;
  const rows = new Map<string, number>();
  const count = (store: string, more: number): void => void rows.set(store, (rows.get(store) ?? 0) + more);
  IDBObjectStore.prototype.get = function (this: IDBObjectStore, ...args: Parameters<typeof get>) {
    count(this.name, 1);
    return get.apply(this, args);
  };
  IDBObjectStore.prototype.getAll = function (this: IDBObjectStore, ...args: Parameters<typeof getAll>) {
    const asked = getAll.apply(this, args);
    asked.addEventListener('success', () => count(this.name, (asked.result as unknown[]).length));
    return asked;
  };
  IDBObjectStore.prototype.openCursor = function (this: IDBObjectStore, ...args: Parameters<typeof openCursor>) {
    count(this.name, 1);
    return openCursor.apply(this, args);
  };
  return {
    rows: (store) => rows.get(store) ?? 0,
    reset: () => rows.clear(),
    undo: () => void Object.assign(IDBObjectStore.prototype, { get, getAll, openCursor }),
  };
};

/** The database itself, beside a running kernel. */
export const withDatabase = async <T>(
  disk: Disk,
  body: (db: Database) => Promise<T>,
  workspace = 'test',
): Promise<T> => {
  const db = new Database(databaseName(workspace), disk.idb as unknown as IndexedDb);
  await db.open();
  try {
    return await body(db);
  } finally {
    db.close();
  }
};

export const journalRows = (disk: Disk): Promise<JournalRow[]> => withDatabase(disk, (db) => db.journal.toArray());

/** Another page wants the database: to delete it, or to upgrade it to a version of the app that is not ours. */
export const takeDatabase = (disk: Disk, how: 'removed' | 'newer', workspace = 'test'): Promise<void> =>
  new Promise((resolve, reject) => {
    const { indexedDB } = disk.idb;
    const name = databaseName(workspace);
    const asked = how === 'removed' ? indexedDB.deleteDatabase(name) : indexedDB.open(name, 1000);
    asked.onerror = () => reject(asked.error ?? new Error('the database could not be taken'));
    asked.onsuccess = () => {
      if (how === 'newer') (asked.result as unknown as IDBDatabase).close();
      resolve();
    };
  });
