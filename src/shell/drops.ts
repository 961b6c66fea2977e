/**
 * Files dropped anywhere on a room that takes them. A place that takes a drop itself (a program's .zip) has prevented
 * the default by the time it gets here. A file dropped elsewhere must not make the browser leave the page.
 */
import { onCleanup } from 'solid-js';
import type { Client } from '../client/client.ts';
import type { Dropped } from './drop.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

export const listenForDrops = (client: Client, takes: () => boolean, dropped: (what: Dropped) => void): void => {
  const over = (event: DragEvent): void => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = takes() ? 'copy' : 'none';
  };
  const drop = async (event: DragEvent): Promise<void> => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    // The list is emptied when this handler returns: take the files before waiting for anything.
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || !takes()) return;
    const { dropInto } = await import('./drop.ts');
    dropped(await dropInto(client, files));
  };
  const onDrop = (event: DragEvent): void => void drop(event);
  addEventListener('dragover', over);
  addEventListener('drop', onDrop);
  onCleanup(() => {
    removeEventListener('dragover', over);
    removeEventListener('drop', onDrop);
  });
};
