/**
 * The ledger in memory: every reservation of this month and the last, of all devices, with how it was settled. A
 * projection of the ledger's files; what this device adds stands here before it is on disk, so that two calls at once
 * do not both spend what is left. It decides nothing and writes nothing: it hands out lines to be written.
 */
import type { DeviceId } from '../protocol/entry.ts';
import {
  ledgerFile,
  monthOf,
  parseLedger,
  placeOf,
  type How,
  type LedgerLine,
  type Reserve,
  type Settle,
} from '../protocol/formats/ledger.ts';
import { addUsage, emptyUsage, type Usage } from '../protocol/formats/records.ts';
import type { Change } from '../protocol/files.ts';
import { costOf, type Nano } from '../protocol/money.ts';
import type { Path } from '../protocol/paths.ts';

export type Account = Reserve & { device: DeviceId; settled?: Settle };

/** Where the lines lie. */
export type LedgerFiles = {
  list: () => { path: Path; revision: string }[];
  read: (path: Path) => Promise<string>;
};

export type Ledger = {
  device: DeviceId;
  /** Every device that has written here, this one too. */
  devices: () => DeviceId[];
  /** Take in what is on disk and not yet known: all at first, then what other devices wrote. */
  load: () => Promise<void>;
  accounts: () => Iterable<Account>;
  /** What this device reserved and has not settled. */
  open: () => Account[];
  openOf: (run: string) => Account | undefined;
  nextId: (run: string) => string;
  /** The line to write; it counts from now on, until `forget`. */
  hold: (line: Reserve) => Change;
  forget: (id: string) => void;
  /** The line that settles, which counts from now on, until `reopen`. */
  settle: (account: Account, how: How, usage: Usage, now: number, words?: string) => { line: Settle; change: Change };
  reopen: (id: string) => void;
  /** What a run cost up to now; undefined when it reserved nothing. */
  ofRun: (run: string) => { nano: Nano; usage: Usage } | undefined;
};

type Options = { device: DeviceId; devices: () => DeviceId[]; files: LedgerFiles; now: () => number };

const monthBefore = (month: string): string => {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
};

export const createLedger = ({ device, devices, files, now }: Options): Ledger => {
  const accounts = new Map<string, Account>();
  /** Open reservations of this device by run: at most one each, as a run asks one thing at a time. */
  const open = new Map<string, Account>();
  const read = new Map<Path, string>();
  let loading: Promise<void> = Promise.resolve();

  const take = (line: LedgerLine, from: DeviceId): void => {
    const known = accounts.get(line.id);
    if (line.t === 'settle') {
      if (!known) return;
      known.settled ??= line;
      if (open.get(known.run) === known) open.delete(known.run);
    } else if (!known) {
      const account: Account = { ...line, device: from };
      accounts.set(line.id, account);
      if (from === device) open.set(line.run, account);
    }
  };

  /** Calls of two months ago are of no limit any more; but what is still open lies in one of this device's last two files. */
  const wanted = (): { path: Path; revision: string; device: DeviceId }[] => {
    const since = monthBefore(monthOf(new Date(now()).toISOString()));
    const all = files.list().flatMap((file) => {
      const place = placeOf(file.path);
      return place ? [{ ...file, ...place }] : [];
    });
    const own = all.filter((file) => file.device === device).sort((a, b) => (a.month < b.month ? 1 : -1));
    return all.filter((file) => file.month >= since || own.indexOf(file) === 0 || own.indexOf(file) === 1);
  };

  const catchUp = async (): Promise<void> => {
    for (const file of wanted()) {
      // What this device wrote since is here already.
      if (read.get(file.path) === file.revision || (file.device === device && read.has(file.path))) continue;
      const lines = parseLedger(await files.read(file.path));
      read.set(file.path, file.revision);
      for (const line of lines) take(line, file.device);
    }
  };

  const change = (account: Reserve, line: LedgerLine): Change => ({
    op: 'append',
    path: ledgerFile(account.at, device),
    content: `${JSON.stringify(line)}\n`,
  });

  return {
    device,
    devices: () => [...new Set([...devices(), device])],
    load: () => {
      loading = loading.then(catchUp, catchUp);
      return loading;
    },
    accounts: () => accounts.values(),
    open: () => [...open.values()],
    openOf: (run) => open.get(run),
    nextId: (run) => {
      let n = 1;
      const id = (): string => `${run}.${device.slice(0, 6)}.${n}`;
      while (accounts.has(id())) n++;
      return id();
    },
    hold: (line) => {
      take(line, device);
      return change(line, line);
    },
    forget: (id) => {
      const account = accounts.get(id);
      accounts.delete(id);
      if (account && open.get(account.run) === account) open.delete(account.run);
    },
    settle: (account, how, usage, time, words) => {
      const line: Settle = {
        t: 'settle',
        id: account.id,
        at: new Date(time).toISOString(),
        // What nobody knows counts as the most it can have been.
        nano: how === 'unknown' ? account.nano : costOf(account.price, usage),
        usage,
        how,
        ...(words === undefined ? {} : { words }),
      };
      take(line, device);
      return { line, change: change(account, line) };
    },
    reopen: (id) => {
      const account = accounts.get(id);
      if (!account) return;
      delete account.settled;
      open.set(account.run, account);
    },
    ofRun: (run) => {
      let nano = 0;
      let usage = emptyUsage();
      let some = false;
      for (const account of accounts.values()) {
        if (account.run !== run) continue;
        some = true;
        nano += account.settled?.nano ?? 0;
        if (account.settled) usage = addUsage(usage, account.settled.usage);
      }
      return some ? { nano, usage } : undefined;
    },
  };
};
