/**
 * The kernel's host in tests: a fake IndexedDB and a clock that only the test moves. Same kernel, same gate, same
 * rooms; a second boot over the same `disk` is a restart, and one without `stop` before it is a crash.
 */
import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
// What the kernel loads when first needed is here from the start: a clock that counts turns cannot wait for the disk.
import '../fs/blobs.ts';
import '../fs/diff.ts';
import '../fs/live.ts';
import '../fs/merging.ts';
import '../fs/revisions.ts';
import '../fs/sweep.ts';
import '../journal/flate.ts';
import '../journal/merge.ts';
import '../journal/parcels.ts';
import '../journal/replay.ts';
import '../journal/upkeep.ts';
import '../protocol/formats/policy.ts';
import '../protocol/formats/role.ts';
import '../search/inverted-index.ts';
import '../store/secrets.ts';
import '../search/search.ts';
import '../syscalls/decide.ts';
import '../syscalls/fire.ts';
import '../syscalls/grant.ts';
import '../syscalls/programs.ts';
import '../syscalls/resume-runs.ts';
import '../syscalls/run.ts';
import '../protocol/formats/narrative.ts';
import '../protocol/outside.ts';
import '../process/ledger.ts';
import '../syscalls/propose.ts';
import '../syscalls/settle-proposals.ts';
import '../syscalls/reserve.ts';
import '../syscalls/settle.ts';
import { err } from '../protocol/errors.ts';
import type { Ports } from '../protocol/ports.ts';
import type { Daemon } from '../daemons/daemon.ts';
import type { Index } from '../search/inverted-index.ts';
import { bootKernel, type Host, type Running, type Timer } from './kernel.ts';

export type Clock = {
  now: () => number;
  setTimer: Timer;
  advance: (ms: number) => Promise<void>;
  set: (time: number) => void;
};

/** Real promises still run by themselves: only timers and the date wait for `advance`. */
const { setImmediate: nextTurn } = globalThis as unknown as { setImmediate: (run: () => void) => unknown };

export const createClock = (start = Date.UTC(2026, 10, 23, 8, 0, 0)): Clock => {
  let time = start;
  let timers: { at: number; run: () => void }[] = [];
  /**
   * Lets everything that is not waiting for the clock come to rest. The fake IndexedDB answers in turns of the event
   * loop, so turns are counted, not time: a busy machine makes them longer, not fewer.
   */
  const rest = async (): Promise<void> => {
    for (let i = 0; i < 300; i++) await new Promise<void>((resolve) => void nextTurn(resolve));
  };
  return {
    now: () => time,
    set: (to) => {
      time = to;
    },
    setTimer: (run, ms) => {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: async (ms) => {
      const end = time + ms;
      for (;;) {
        await rest();
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        time = Math.max(time, next.at);
        timers = timers.filter((other) => other !== next);
        next.run();
      }
      time = Math.max(time, end);
      await rest();
    },
  };
};

export type Disk = { idb: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange } };
export const createDisk = (): Disk => ({ idb: { indexedDB: new IDBFactory(), IDBKeyRange } });

const absent = (what: string) => async () => err('ENOSYS', `This test kernel has no ${what}.`);

export type MemoryOptions = {
  disk?: Disk;
  clock?: Clock;
  workspace?: string;
  known?: boolean;
  /** The acting rooms a test needs; the others answer ENOSYS. */
  ports?: (parts: Parameters<Host['ports']>[0]) => Partial<Ports>;
  daemons?: readonly Daemon[];
  /** What the browser says of its storage; nearly empty when left out. */
  room?: () => { usage: number; quota: number };
};

export type Memory = Running & {
  index: Index;
  clock: Clock;
  disk: Disk;
  /** Forget everything in memory without a word: a crash. */ crash: () => void;
};

export const bootMemory = async (options: MemoryOptions = {}): Promise<Memory> => {
  const disk = options.disk ?? createDisk();
  const clock = options.clock ?? createClock();
  // y-indexeddb takes the global one; every test disk brings its own.
  Object.assign(globalThis, { indexedDB: disk.idb.indexedDB, IDBKeyRange });
  let dead = false;
  const running = await bootKernel({
    workspace: options.workspace ?? 'test',
    known: options.known ?? false,
    idb: disk.idb as unknown as NonNullable<Host['idb']>,
    now: clock.now,
    setTimer: (run, ms) => clock.setTimer(() => (dead ? undefined : run()), ms),
    storage: {
      persist: async () => true,
      state: async () => ({ ...(options.room?.() ?? { usage: 0, quota: 1e9 }), persisted: false }),
    },
    ports: (parts) => ({
      agents: { run: async () => ({ state: 'skipped', usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 } }) },
      bash: { run: absent('bash') },
      effects: { run: absent('effects') },
      loader: {
        plan: absent('loader'),
        install: absent('loader'),
        activate: absent('loader'),
        deactivate: absent('loader'),
      },
      secrets: parts.secrets,
      ...options.ports?.(parts),
    }),
    daemons: async () => options.daemons ?? [],
  });
  await running.kernel.starting?.();
  const index = await running.standing;
  return {
    ...running,
    index,
    clock,
    disk,
    crash: () => {
      dead = true;
    },
  };
};
