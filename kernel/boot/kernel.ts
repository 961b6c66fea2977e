/**
 * The composition root shared by every host (worker, tests, later the service worker): opens the database under a new
 * epoch, replays the journal, builds the rooms and plugs them together. It starts daemons last, when calls are answered.
 */
import type { Actor } from '../protocol/actor.ts';
import { revisionOf, type RevisionId } from '../protocol/entry.ts';
import { fail, type SysError } from '../protocol/errors.ts';
import { LEDGER } from '../protocol/formats/ledger.ts';
import { PROPOSALS, RUNS } from '../protocol/formats/records.ts';
import type { Ports } from '../protocol/ports.ts';
import { stubOver, type Call } from '../protocol/stub.ts';
import type { Sys } from '../protocol/sys.ts';
import { loadDevices } from '../journal/devices.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import type { Upkeep } from '../journal/upkeep.ts';
import { openFs, type Fs } from '../fs/fs.ts';
import type { Replay } from '../fs/standing.ts';
import type { startSweep as StartSweep } from '../fs/sweep.ts';
import { createEditors } from '../fs/editors.ts';
import { createProcesses } from '../process/processes.ts';
import type { Index } from '../search/inverted-index.ts';
import { Database, databaseName, type IndexedDb } from '../store/schema.ts';
import { nextEpoch } from '../store/transact.ts';
import { dispatch } from '../syscalls/dispatch.ts';
import { createFacts } from '../syscalls/facts.ts';
import type { Caller, Kernel, Storage } from '../syscalls/kernel.ts';
import { createProc } from '../syscalls/proc.ts';
import { subscribe } from '../syscalls/watch.ts';
import type { Daemon } from '../daemons/daemon.ts';
import { genesis } from './genesis.ts';
import { standDaemons } from './daemons.ts';
import { createFinder, type Finder } from './finder.ts';
import { createNotify, type Notify } from './notify.ts';
import { once } from './once.ts';
import { startOutbox } from './outbox.ts';
import { createLazyLedger, createRunRecords } from './run-records.ts';

export const VERSION = '0.1.0';
const RECENT_CAUSES = 500;
/** Boot goes on this long after the first answers can be given, or with the first call that needs it. */
const SETTLE_MS = 100;

export type Timer = (run: () => void, ms: number) => () => void;

export type Host = {
  workspace: string;
  idb?: IndexedDb;
  /** The workspace was seen by this tab: where its database is missing, it was removed. */
  known?: boolean;
  now: () => number;
  setTimer: Timer;
  storage: Storage;
  /** The rooms that act, built by the host: some of them need what only it has (workers, fetch, a model's SDK). */
  ports: (parts: { secrets: Ports['secrets']; notify: Notify }) => Ports;
  /** Loaded when calls are answered already: nothing on screen waits for them. */
  daemons: () => Promise<readonly Daemon[]>;
};

export type Running = {
  kernel: Kernel;
  epoch: number;
  /** A handle for the operator's own hand, or for tests to act as somebody. */
  as: (actor: Actor) => Sys;
  call: (caller: Caller, name: string, args: unknown) => ReturnType<typeof dispatch>;
  journal: Journal;
  /** The daemons stand and the search index is kept. */
  standing: Promise<Index>;
  /** If ever, why the database is not ours any more: a newer version needs it, or it was deleted. */
  gone: Promise<SysError>;
  /** Have the daemons look what is due; resolves when they have. */
  alarm: () => Promise<void>;
  /** Flush, seal and close; nothing acknowledged is lost without it either. */
  stop: () => Promise<void>;
};

/** Causes of the newest change sets, so that a request repeated after a hand-over is answered and not done again. */
const recentCauses = async (journal: Journal, device: number): Promise<Map<string, RevisionId[]>> => {
  const causes = new Map<string, RevisionId[]>();
  await journal.scan(device, Math.max(0, journal.entryCount() - RECENT_CAUSES), (entries) => {
    for (const { entry } of entries) {
      if (entry.cause) causes.set(entry.cause, [...(causes.get(entry.cause) ?? []), revisionOf(entry)]);
    }
  });
  return causes;
};

/** What a person has to know of the journal. */
const alarmsOf = (journal: Journal): object => {
  const damage = journal.damage();
  const forks = journal.forks();
  const damaged = journal.damaged();
  return {
    ...(damage ? { readonly: { seq: damage.detail?.['seq'], message: damage.message } } : {}),
    ...(forks.length > 0 ? { forks } : {}),
    ...(damaged.length > 0 ? { damaged } : {}),
  };
};

export const bootKernel = async (host: Host): Promise<Running> => {
  const { now, setTimer } = host;
  const db = new Database(databaseName(host.workspace), host.idb, host.known);
  await db.open();
  const epoch = await nextEpoch(db);
  const { self, numbers } = await loadDevices(db, epoch);
  let fs: Fs | undefined;
  let finding: Finder | undefined;
  const onRollback = (): void => {
    fs?.rolledBack();
    finding?.rolledBack();
  };
  const journal = await openJournal({ db, device: self, numbers, epoch, now, onRollback });
  /** [F23] Replay leaves out what is damaged; whoever decides by what is not there must not. */
  const readWhole: Replay = async (after, each) => {
    await journal.replay(after, each);
    if (journal.damage() || journal.damaged().length > 0) fail('EBADMSG', 'The journal cannot be read to its end.');
  };
  const files = await openFs({ db, log: journal, epoch, setTimer });
  fs = files;
  const live = createEditors({ db, fs: files, epoch, now, setTimer });
  // [J12] A damaged journal is opened for reading: what would write at boot is left for when it is sound again.
  const damaged = journal.damage() !== undefined;

  const ledger = createLazyLedger({ fs: files, device: self.id, vector: () => journal.vector(), now });
  const startedAt = new Date(now()).toISOString();
  const processes = createProcesses({
    now,
    setTimer,
    device: self.id,
    append: createRunRecords({ fs: files, ledger: ledger.opened, now }),
  });
  const proc = createProc({
    processes,
    now,
    storage: host.storage.state,
    schedule: async () => (await import('../syscalls/schedule-view.ts')).scheduleView(kernel),
    chunks: async () => (await daemonsStarted).sweeper.use(),
    budget: async () => (await import('../syscalls/budget-view.ts')).budgetView(kernel),
    ledger: async () => (await import('../syscalls/ledger-csv.ts')).ledgerCsv(kernel),
    kernel: async () => ({
      version: VERSION,
      device: self.id,
      epoch,
      entries: journal.entryCount(),
      startedAt,
      ...(await files.whole().then(files.counts)),
      ...alarmsOf(journal),
    }),
  });
  const opened = once(async () => (await import('../store/secrets.ts')).createSecrets(db, epoch));
  const secrets: Ports['secrets'] = {
    set: async (...asked) => (await opened()).set(...asked),
    list: async () => (await opened()).list(),
    use: async (...asked) => (await opened()).use(...asked),
  };
  const notify = createNotify(files, now, `${self.id}.${epoch}`);
  const causes = new Map<string, RevisionId[]>();
  let turn: Promise<unknown> = Promise.resolve();
  let calls = 0;

  const sys: Kernel['sys'] = (caller) => {
    // Each call of a handle is its own request, with a cause nobody else has.
    const call: Call = (name, args) =>
      dispatch(
        kernel,
        { ...caller, cause: `${caller.run || caller.actor}.${self.id.slice(0, 6)}.${epoch}.${++calls}` },
        name,
        args,
      ) as Promise<never>;
    return {
      ...stubOver(call),
      invoke: call,
      actor: caller.actor,
      run: caller.run,
      signal: caller.signal,
      now,
      on: (patterns, listener) => subscribe(kernel, patterns, listener),
    };
  };

  const finder = createFinder({ db, epoch, fs: files, vector: () => journal.vector(), setTimer });
  finding = finder;
  const kernel: Kernel = {
    fs: files,
    live,
    search: finder.search,
    processes,
    proc,
    storage: host.storage,
    verify: () => journal.check(),
    now,
    causes,
    sys,
    ledger,
    ports: host.ports({ secrets, notify }),
    facts: createFacts(files, now),
    device: self.id,
    epoch,
    deciding: (body) => {
      const mine = turn.then(body);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };

  let upkeep: Upkeep | undefined;
  let sweep: ReturnType<typeof StartSweep> | undefined;
  files.onCommit(({ staged, author, source }) => {
    upkeep?.wake();
    // A request is repeated to the device it was made on.
    if (author.cause === '' || source === 'remote') return;
    causes.set(author.cause, staged.revisions);
    const oldest = causes.size > RECENT_CAUSES ? causes.keys().next().value : undefined;
    if (oldest !== undefined) causes.delete(oldest);
  });

  const settleProposals = async (atBoot: boolean): Promise<void> => {
    if (files.stat(PROPOSALS)) await (await import('../syscalls/settle-proposals.ts')).settleProposals(kernel, atBoot);
  };
  /** All that boot does beyond reading: a workspace that is there is shown meanwhile. */
  const start = async (): Promise<void> => {
    await files.whole();
    for (const [cause, revisions] of await recentCauses(journal, self.number)) causes.set(cause, revisions);
    if (damaged) return;
    await genesis(files);
    await live.recover();
    if (files.stat(LEDGER)) await (await import('../syscalls/settle.ts')).settleReservations(kernel);
    await settleProposals(true);
    await files.reviewConflicts();
  };
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve)).then(start).finally(() => delete kernel.starting);
  started.catch(() => undefined);
  kernel.starting = () => (begin(), started);
  // What is asked first is answered first: the rest would stand in its way in the one thread and the one database.
  const cancelBegin = setTimer(() => begin(), SETTLE_MS);
  if (damaged || !files.stat('/workspace')) await kernel.starting();
  let stopped = false;
  const standing = new AbortController();
  let stopDaemons = (): void => undefined;
  let stopOutbox = (): void => undefined;
  const daemonsStarted = started
    .then(() => (damaged ? [] : host.daemons()))
    .then(async (daemons) => {
      if (!stopped && !damaged && files.stat(RUNS))
        await (await import('../syscalls/resume-runs.ts')).resumeRuns(kernel);
      const daemonsStanding = standDaemons(stopped ? [] : daemons, sys, standing.signal);
      if (!stopped && !damaged) stopOutbox = startOutbox(() => settleProposals(false), setTimer);
      stopDaemons = daemonsStanding.stop;
      const { startUpkeep } = await import('../journal/upkeep.ts');
      if (!stopped) upkeep = startUpkeep({ db, journal, epoch, now, setTimer });
      const { createSweeper, startSweep } = await import('../fs/sweep.ts');
      const sweeper = createSweeper({ db, epoch, log: journal, scan: readWhole, exclusive: files.exclusive });
      if (!stopped && !damaged) sweep = startSweep(sweeper, { busy: journal.busy, setTimer });
      // What was committed before it was there counts too.
      upkeep?.wake();
      return { sweeper, index: finder.open(), alarm: daemonsStanding.alarm };
    });
  // Offline before it was cached: the next search opens the index, or says why it cannot.
  daemonsStarted.catch(() => undefined);

  return {
    kernel,
    epoch,
    journal,
    standing: daemonsStarted.then(({ index }) => index),
    gone: db.whenGone.then(({ error }) => error),
    as: (actor) => sys({ actor, run: '', capabilities: [], signal: standing.signal }),
    call: (caller, name, args) => dispatch(kernel, caller, name, args),
    alarm: () => daemonsStarted.then(({ alarm }) => alarm()),
    stop: async () => {
      stopped = true;
      cancelBegin();
      await kernel.starting?.().catch(() => undefined);
      stopDaemons();
      stopOutbox();
      standing.abort();
      // A kernel that was fenced cannot put down what it holds: each room is refused by itself, and the rest still ends.
      const failures: unknown[] = [];
      for (const end of [processes.stop, live.stop, finder.stop, files.stop, upkeep?.stop, sweep?.stop])
        await end?.().catch((cause: unknown) => failures.push(cause));
      db.close();
      if (failures.length > 0) throw failures[0];
    },
  };
};
