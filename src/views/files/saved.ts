/**
 * Is what stands in the editor in the journal yet? The kernel seals typing when one pauses; it has all of it when the
 * hash it names for the file is the hash of the text here. Nothing is called saved on hope.
 */
import { createEffect, createSignal, onCleanup, type Accessor } from 'solid-js';
import { hashHex } from '../../../kernel/protocol/bytes.ts';
import type { Client } from '../../client/client.ts';
import type { Replica } from '../../client/replica.ts';

export type SavedState = 'saved' | 'typing';

const AGAIN_MS = 1_500;

/** `hash` is the file's as the kernel last told it; a new one is compared with the text. */
export const createSaved = (
  client: Client,
  path: string,
  replica: Replica,
  hash: Accessor<string | undefined>,
): Accessor<SavedState> => {
  const [state, setState] = createSignal<SavedState>('saved');
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = (known: string | undefined): void => {
    if (known !== undefined && known === hashHex(replica.text.toJSON())) setState('saved');
  };
  /** In case the last change's event came before the last keystroke: ask once more. */
  const askLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void client.stub.read(path, { length: 1 }).then((read) => {
        settle(read.ok ? read.value.stat.hash : undefined);
        if (state() !== 'saved') askLater();
      });
    }, AGAIN_MS);
  };
  const changed = (): void => {
    setState('typing');
    askLater();
  };
  replica.doc.on('update', changed);
  createEffect(() => settle(hash()));
  onCleanup(() => {
    clearTimeout(timer);
    replica.doc.off('update', changed);
  });
  return state;
};
