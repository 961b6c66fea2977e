/**
 * Notices to the operator: a line of the day's narrative, which every open page watches. Written below the gate, because
 * whoever tells something has no right to write /system; the gate decided on the effect before.
 */
import { hashHex } from '../protocol/bytes.ts';
import { must } from '../protocol/errors.ts';
import { dayOf } from '../protocol/formats/records.ts';
import type { Actor } from '../protocol/actor.ts';
import type { Fs } from '../fs/fs.ts';

export type Notify = (notice: { title: string; body: string; by: Actor; run: string }) => Promise<void>;

export const createNotify = (files: Pick<Fs, 'write'>, now: () => number, session: string): Notify => {
  let told = 0;
  return async ({ title, body, by, run }) => {
    const at = now();
    const { narrativeFile, narrativeLine } = await import('../protocol/formats/narrative.ts');
    const id = `notice:${hashHex(`${session}.${++told}`).slice(0, 12)}`;
    const line = narrativeLine({ id, kind: 'notice', weight: 'material', at, title, body, by, run });
    must(
      await files.write([{ op: 'append', path: narrativeFile(dayOf(at)), content: line }], {
        actor: by,
        message: `Notifies: ${title}`,
        run,
        cause: '',
      }),
    );
  };
};
