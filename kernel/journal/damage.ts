/**
 * A journal that is not sound: what is said about it, and what is remembered of the last check of the whole chain, so
 * that damage found once is looked for again at every boot. Nothing is written on top of damage.
 */
import { SysFailure, type SysError } from '../protocol/errors.ts';
import type { Database, SysRow } from '../store/schema.ts';
import { request, transactFenced } from '../store/transact.ts';
import type { ChainCheck, ChainFault } from './reader.ts';

/** The last check of the whole chain: when, and what it found. */
export type Checked = { at: number; fault?: ChainFault };

export const checkedKey = (device: number): string => `checked:${device}`;

export const lastCheck = async (db: Database, device: number): Promise<Checked | undefined> =>
  ((await db.sys.get(checkedKey(device))) as SysRow | undefined)?.v as Checked | undefined;

export const rememberCheck = (db: Database, epoch: number, device: number, checked: Checked): Promise<void> =>
  transactFenced(db, epoch, ['sys'], async ({ sys }) => {
    await request(sys.put({ k: checkedKey(device), v: checked }));
  });

/** The answer to every write from here on. */
export const damageOf = ({ entries, fault }: ChainCheck): SysError | undefined =>
  fault && {
    code: 'EBADMSG',
    call: '',
    message:
      `The journal is damaged at entry ${fault.seq} (${fault.message}), so nothing was written: this workspace is open for reading only. ` +
      `${entries === 0 ? 'No entry before it is sound.' : `Entries 1 to ${entries} are sound.`} ` +
      'What can be read is as it was written: copy what you need out of it, then go on in a new workspace or from a copy of this one.',
    detail: { seq: fault.seq, sound: entries },
  };

export const refuseDamaged = (damage: SysError | undefined): void => {
  if (damage) throw new SysFailure(damage);
};
