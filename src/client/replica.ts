/**
 * A text file open for live editing: a Y.Doc that sends what is typed to the kernel and takes in what others write.
 * It survives a hand-over: the new kernel says what it has, and gets what it lacks. Loads yjs, so import it lazily.
 */
import { createSignal, type Accessor } from 'solid-js';
import * as Y from 'yjs';
import { ok, type Result, type SysError } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Client, DocumentPort } from './client.ts';

export type Replica = {
  doc: Y.Doc;
  text: Y.Text;
  stat: Stat;
  /** Set when the kernel that took over would not open the file again: what is typed now is not kept. */
  lost: Accessor<SysError | undefined>;
  /** Seals what was typed into the journal and lets the document go. */
  close: () => Promise<Result<{ revisions: string[] }>>;
};

/** The Y.Text a file's content is kept in: the same name as in the kernel's file system. */
const TEXT = 't';

/** Marks updates that came from the kernel, so that they are not sent back to it. */
const KERNEL = Symbol('kernel');

export const openReplica = async (client: Client, path: string): Promise<Result<Replica>> => {
  const doc = new Y.Doc({ gc: false });
  const [lost, setLost] = createSignal<SysError>();
  let port: DocumentPort | undefined;
  const opened = await client.open(path, {
    update: (update) => Y.applyUpdate(doc, update, KERNEL),
    reopened: ({ state }) => {
      setLost(undefined);
      const has = Y.encodeStateVectorFromUpdate(state);
      Y.applyUpdate(doc, state, KERNEL);
      port?.send(Y.encodeStateAsUpdate(doc, has));
    },
    lost: setLost,
  });
  if (!opened.ok) {
    doc.destroy();
    return opened;
  }
  port = opened.value;
  Y.applyUpdate(doc, port.state, KERNEL);
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== KERNEL) opened.value.send(update);
  });
  return ok({
    doc,
    text: doc.getText(TEXT),
    stat: opened.value.stat,
    lost,
    close: async () => {
      const closed = await opened.value.close();
      doc.destroy();
      return closed;
    },
  });
};
