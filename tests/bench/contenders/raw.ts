// The baseline: IndexedDB itself, one store without indexes, one put per transaction, as fast as the API allows
// (the commit is asked for). It keeps no history and no chain; it is what the disk path alone costs.
import type { SampleFile } from '../measure/corpus.ts';
import { MESSAGE } from '../measure/corpus.ts';

const STORE = 'files';

export type Raw = {
  /** One attributed record in a transaction of its own; resolves when it is complete. */
  write: (file: SampleFile) => Promise<void>;
  /** Any values in one transaction. */
  putAll: (values: readonly unknown[]) => Promise<void>;
  get: (key: number) => Promise<unknown>;
  settle: () => Promise<void>;
  /** The key that the last put value got. */
  last: () => number;
};

const opened = (request: IDBOpenDBRequest): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The database could not be opened.'));
  });

/** Milliseconds that the bare open of a database that exists takes. */
export const openBare = async (name: string): Promise<number> => {
  const start = performance.now();
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => reject(new Error(`There is no database ${name} in this profile.`));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The database could not be opened.'));
  });
  const ms = performance.now() - start;
  db.close();
  return ms;
};

export const openRaw = async (durability: IDBTransactionDurability = 'relaxed', name = 'raw'): Promise<Raw> => {
  const db = await opened(indexedDB.open(name, 1));
  let key = 0;
  const putAll = (values: readonly unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const tx = db.transaction(STORE, 'readwrite', { durability });
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error('The transaction was aborted.'));
      const store = tx.objectStore(STORE);
      for (const value of values) store.put(value, ++key);
      tx.commit();
    });
  return {
    putAll,
    write: ({ path, text }) => putAll([{ path, text, actor: 'operator', message: MESSAGE, at: Date.now() }]),
    get: (at) =>
      new Promise((resolve, reject) => {
        const request = db.transaction(STORE, 'readonly').objectStore(STORE).get(at);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('The value could not be read.'));
      }),
    settle: async () => undefined,
    last: () => key,
  };
};
