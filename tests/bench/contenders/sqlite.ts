// SQLite compiled to WebAssembly over OPFS (SAH pool). Tuned as its users tune it: exclusive lock, TRUNCATE, NORMAL.
// A write is one transaction over two tables: what stands where, and a log with actor, message and the text.
import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { MESSAGE, type SampleFile } from '../measure/corpus.ts';

export type Sqlite = { write: (file: SampleFile) => Promise<void>; settle: () => Promise<void> };

export const openSqlite = async (): Promise<Sqlite> => {
  const sqlite3 = await sqlite3InitModule();
  const pool = await sqlite3.installOpfsSAHPoolVfs({ name: 'bench', clearOnInit: true });
  const db = new pool.OpfsSAHPoolDb('/bench.sqlite3');
  db.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE log (seq INTEGER PRIMARY KEY, path TEXT, actor TEXT, message TEXT, at INTEGER, text TEXT);
    CREATE TABLE files (path TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID;
  `);
  const log = db.prepare('INSERT INTO log (path, actor, message, at, text) VALUES (?, ?, ?, ?, ?)');
  const head = db.prepare('INSERT OR REPLACE INTO files (path, seq) VALUES (?, last_insert_rowid())');
  return {
    write: async ({ path, text }) => {
      db.exec('BEGIN');
      log.bind([path, 'operator', MESSAGE, Date.now(), text]).stepReset();
      head.bind([path]).stepReset();
      db.exec('COMMIT');
    },
    settle: async () => undefined,
  };
};
