// The whole workspace in one Y.Doc, kept by y-indexeddb: what many collaborative apps do. y-indexeddb acknowledges
// nothing, so a write is forced out by a read transaction behind it; it also merges history away after 500 updates.
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { MESSAGE, type SampleFile } from '../measure/corpus.ts';

export type YdocFiles = {
  doc: Y.Doc;
  write: (file: SampleFile) => Promise<void>;
  writeAll: (files: readonly SampleFile[]) => Promise<void>;
  paths: () => string[];
  read: (path: string) => string;
  settle: () => Promise<void>;
};

type Entry = { actor: string; message: string; at: number };

export const openYdoc = async (): Promise<YdocFiles> => {
  const doc = new Y.Doc({ gc: false });
  const stored = new IndexeddbPersistence('ydoc', doc);
  await stored.whenSynced;
  const files = doc.getMap<Y.Map<unknown>>('files');
  const put = ({ path, text }: SampleFile): void => {
    const file = new Y.Map<unknown>();
    file.set('text', new Y.Text(text));
    file.set('last', { actor: 'operator', message: MESSAGE, at: Date.now() } satisfies Entry);
    files.set(path, file);
  };
  const flushed = async (): Promise<void> => {
    await stored.get('flushed');
  };
  return {
    doc,
    write: (file) => {
      doc.transact(() => put(file));
      return flushed();
    },
    writeAll: (batch) => {
      doc.transact(() => batch.forEach(put));
      return flushed();
    },
    paths: () => [...files.keys()],
    read: (path) => String(files.get(path)?.get('text')),
    settle: flushed,
  };
};
