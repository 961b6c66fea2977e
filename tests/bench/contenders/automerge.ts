// automerge-repo over IndexedDB: one document per file and one that maps paths to them. A change carries its message;
// a write is done when both documents are flushed.
import { initializeWasm } from '@automerge/automerge/slim';
import wasm from '@automerge/automerge/automerge.wasm?url';
import { Repo } from '@automerge/automerge-repo/slim';
import { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb';
import { MESSAGE, type SampleFile } from '../measure/corpus.ts';

export type AutomergeFiles = { write: (file: SampleFile) => Promise<void>; settle: () => Promise<void> };

type Tree = { files: Record<string, string> };
type File = { text: string };

export const openAutomerge = async (): Promise<AutomergeFiles> => {
  await initializeWasm(wasm);
  const repo = new Repo({ storage: new IndexedDBStorageAdapter('automerge') });
  const tree = repo.create<Tree>({ files: {} });
  return {
    write: async ({ path, text }) => {
      const options = { message: `operator: ${MESSAGE}` };
      const file = repo.create<File>();
      file.change((doc) => {
        doc.text = text;
      }, options);
      tree.change((doc) => {
        doc.files[path] = file.url;
      }, options);
      await repo.flush([file.documentId, tree.documentId]);
    },
    settle: () => repo.flush(),
  };
};
