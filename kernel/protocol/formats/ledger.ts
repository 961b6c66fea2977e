/**
 * The ledger: /system/ledger/<YYYY-MM>/<device>.jsonl, written by the kernel alone. A `reserve` line stands before each
 * model call, a `settle` line after it, in the same file: the month (UTC) is that of the reservation.
 * Amounts are whole nano-dollars. Each device writes its own file; sums go over those of all devices.
 */
import type { Actor } from '../actor.ts';
import type { DeviceId } from '../entry.ts';
import type { Nano, Price } from '../money.ts';
import { parseLines } from './lines.ts';
import type { Path } from '../paths.ts';
import type { Usage } from './records.ts';

export const LEDGER: Path = '/system/ledger';

export type Reserve = {
  t: 'reserve';
  id: string;
  at: string;
  run: string;
  actor: Actor;
  job?: Path;
  program?: string;
  model: string;
  /** What it is settled at, whatever the price list says by then. */
  price: Price;
  /** The most that the call can cost. */
  nano: Nano;
};

/**
 * `reported`: the provider said what was used, if only up to where its answer was cut. `none`: it said that nothing was
 * used, or was not asked. `unknown`: nobody knows, and all that was reserved counts as spent.
 */
export type How = 'reported' | 'none' | 'unknown';

export type Settle = { t: 'settle'; id: string; at: string; nano: Nano; usage: Usage; how: How; words?: string };

export type LedgerLine = Reserve | Settle;

export const monthOf = (at: string): string => at.slice(0, 7);
export const ledgerFile = (at: string, device: DeviceId): Path => `${LEDGER}/${monthOf(at)}/${device}.jsonl`;
export const placeOf = (file: Path): { month: string; device: DeviceId } | undefined => {
  const [, month, device] = /^\/system\/ledger\/(\d{4}-\d\d)\/([0-9a-f]{32})\.jsonl$/.exec(file) ?? [];
  return month === undefined || device === undefined ? undefined : { month, device };
};

const isLine = (line: unknown): line is LedgerLine =>
  line !== null &&
  typeof line === 'object' &&
  't' in line &&
  (line.t === 'reserve' || line.t === 'settle') &&
  'id' in line &&
  typeof line.id === 'string' &&
  'nano' in line &&
  Number.isSafeInteger(line.nano) &&
  Number(line.nano) >= 0;

/** A line that is none is passed over: another device may write what this version does not know. */
export const parseLedger = (text: string): LedgerLine[] => parseLines(text).filter(isLine);
