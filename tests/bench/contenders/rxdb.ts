// RxDB over its Dexie storage: two inserts a write, what stands where and a log with actor, message and the text.
import { createRxDatabase } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { MESSAGE, type SampleFile } from '../measure/corpus.ts';

export type RxFiles = { write: (file: SampleFile) => Promise<void>; settle: () => Promise<void> };

const text = { type: 'string' } as const;
const key = { type: 'string', maxLength: 200 } as const;
const files = { version: 0, primaryKey: 'path', type: 'object', properties: { path: key, log: text } } as const;
const log = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: key, path: text, actor: text, message: text, at: { type: 'number' }, text },
} as const;

export const openRxdb = async (): Promise<RxFiles> => {
  const db = await createRxDatabase({ name: 'rxdb', storage: getRxStorageDexie(), multiInstance: false });
  const collections = await db.addCollections({ files: { schema: files }, log: { schema: log } });
  let seq = 0;
  return {
    write: async ({ path, text: content }) => {
      const id = String(++seq).padStart(10, '0');
      await collections.log.insert({ id, path, actor: 'operator', message: MESSAGE, at: Date.now(), text: content });
      await collections.files.insert({ path, log: id });
    },
    settle: async () => undefined,
  };
};
