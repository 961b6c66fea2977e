/**
 * A month of the ledger as an account book: its calls, what they sum up to by whatever they are told apart by, and
 * what the month comes to at this pace. Amounts are whole nano-dollars, so sums are exact. Pure: the clock and the time
 * zone come in.
 */
import { parseLedger, type Reserve, type Settle } from '../../../kernel/protocol/formats/ledger.ts';
import type { Nano } from '../../../kernel/protocol/money.ts';
import { wall } from '../../ui/words.ts';

/** `settled` is absent while the call goes on, and only the most it can cost is set aside. */
export type Call = Reserve & { device: string; settled?: Settle };

export type Sum = { key: string | undefined; calls: number; runs: number; nano: Nano };

const time = (at: string): number => Date.parse(at);

/** Every call reserved at or after `from`, newest first. A settlement without its reservation is passed over. */
export const callsSince = (files: readonly { device: string; text: string }[], from: number): Call[] => {
  const calls = new Map<string, Call>();
  for (const { device, text } of files) {
    for (const line of parseLedger(text)) {
      const known = calls.get(line.id);
      if (line.t === 'reserve') {
        if (!known && time(line.at) >= from) calls.set(line.id, { ...line, device });
      } else if (known) known.settled ??= line;
    }
  }
  return [...calls.values()].sort((a, b) => time(b.at) - time(a.at) || (a.id < b.id ? 1 : -1));
};

export const spentOn = (calls: readonly Call[]): Nano =>
  calls.reduce((sum, call) => sum + (call.settled?.nano ?? 0), 0);

export const heldFor = (calls: readonly Call[]): Nano =>
  calls.reduce((sum, call) => sum + (call.settled ? 0 : call.nano), 0);

/** Calls nobody knows the end of: all that was set aside for them counts as spent. */
export const unknownOf = (calls: readonly Call[]): Call[] => calls.filter(({ settled }) => settled?.how === 'unknown');

/** One sum a key, in the order the keys are first met; calls without a key have a sum too, so that nothing is lost. */
export const sumsBy = (calls: readonly Call[], keyOf: (call: Call) => string | undefined): Sum[] => {
  const groups = new Map<string | undefined, Call[]>();
  for (const call of calls) {
    const key = keyOf(call);
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return [...groups].map(([key, own]) => ({
    key,
    calls: own.length,
    runs: new Set(own.map(({ run }) => run)).size,
    nano: spentOn(own),
  }));
};

export const dearestFirst = (sums: readonly Sum[]): Sum[] => sums.toSorted((a, b) => b.nano - a.nano);

/** The calendar day of an instant where the operator is, as `2026-11-27`. */
export const dayIn = (zone: string): ((at: string) => string) => {
  // Swedish dates are ISO dates.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  return (at) => format.format(time(at));
};

export type Pace = { day: number; days: number; nano: Nano };

/** Two days say nothing yet. */
const FIRST_DAY = 3;

/** What the month comes to if it goes on as it went: undefined until its third day. */
export const paceOf = (spent: Nano, now: number, zone: string): Pace | undefined => {
  const { year, month, date: day, hour, minute } = wall(now, zone);
  if (day < FIRST_DAY) return undefined;
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  // The part of today that is gone counts, not the whole day: a month is not cheaper for having just begun a day.
  const gone = day - 1 + (hour * 60 + minute) / (24 * 60);
  return { day, days, nano: Math.round((spent / gone) * days) };
};
