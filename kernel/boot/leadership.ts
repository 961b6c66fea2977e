/**
 * One kernel per workspace: whoever holds the Web Lock leads; the others wait for it and meanwhile talk to the leader.
 * A leader that stops answering is stolen from; the epoch in every write transaction makes that safe, because whatever
 * the old leader still tries is refused. Rendezvous is a BroadcastChannel; ports cannot be sent over one, so each
 * follower gets a channel of its own, named by an id only the two of them use.
 */

/** `alarm`: the service worker was woken and found a tab leading: what is due is for that one to look at. */
export type Note =
  | { t: 'lead'; epoch: number }
  | { t: 'who' }
  | { t: 'alarm' }
  | { t: 'join'; client: string }
  | { t: 'ping' }
  | { t: 'pong' };

const PING_MS = 2000;
/** A kernel replaying a long tail on a slow phone may be busy for seconds; a frozen tab never answers. */
const DEAD_MS = 8000;

export type Leadership = {
  /** Stop leading or following, and let the lock go. */
  resign: () => void;
};

export type Leading = {
  epoch: number;
  join: (client: string) => void;
  alarm: () => void;
  stop: () => Promise<void>;
};

type Role = {
  /**
   * The lock is ours: boot. `known`: the workspace was led before, by us or by one we followed. Resolves to what to do
   * when the lock is lost, or rejects when booting failed for good.
   */
  lead: (known: boolean) => Promise<Leading>;
  /** Another tab leads, from this epoch on: join it. Told once an epoch. */
  follow: () => void;
  failed: (cause: unknown) => void;
};

export const kernelLock = (workspace: string): string => `allod:${workspace}:kernel`;
export const rendezvousName = (workspace: string): string => `allod:${workspace}`;
export const channelName = (workspace: string, client: string): string => `allod:${workspace}:${client}`;
export const clientLock = (workspace: string, client: string): string => `allod:${workspace}:client:${client}`;

export const campaign = (workspace: string, role: Role): Leadership => {
  const lock = kernelLock(workspace);
  const rendezvous = new BroadcastChannel(rendezvousName(workspace));
  const send = (note: Note): void => rendezvous.postMessage(note);
  let leading: Leading | undefined;
  let following = 0;
  let holding = false;
  let heard = Date.now();
  let resigned = false;
  let queued = new AbortController();
  let release = (): void => undefined;

  rendezvous.onmessage = ({ data }: MessageEvent<Note>) => {
    if (data.t === 'ping' && holding) send({ t: 'pong' });
    else if (data.t === 'who' && leading) send({ t: 'lead', epoch: leading.epoch });
    else if (data.t === 'join') leading?.join(data.client);
    else if (data.t === 'alarm') leading?.alarm();
    else if (data.t === 'pong') heard = Date.now();
    else if (data.t === 'lead') {
      heard = Date.now();
      // A tab that was frozen and stolen from may still call itself the leader of an older epoch.
      if (holding || data.epoch <= following) return;
      following = data.epoch;
      role.follow();
    }
  };

  const hold = async (): Promise<void> => {
    holding = true;
    const over = new Promise<void>((resolve) => (release = resolve));
    let ended = false;
    void over.then(() => (ended = true));
    const kernel = await role.lead(following > 0);
    // It resigned, or was stolen from, while it booted.
    if (ended) return kernel.stop();
    leading = kernel;
    following = kernel.epoch;
    send({ t: 'lead', epoch: kernel.epoch });
    await over;
    await kernel.stop();
  };

  const request = async (steal: boolean): Promise<void> => {
    try {
      const options: LockOptions = steal ? { steal: true } : { signal: queued.signal };
      await navigator.locks.request(lock, options, hold);
    } catch (cause) {
      // Aborted: our wait was called off (to steal), or the lock was stolen from us while we were out of it.
      if (!(cause instanceof DOMException) || cause.name !== 'AbortError') {
        role.failed(cause);
        return;
      }
      const wasLeading = holding;
      holding = false;
      leading = undefined;
      release();
      if (wasLeading && !resigned) {
        heard = Date.now();
        void request(false);
        send({ t: 'who' });
      }
    }
  };

  let ticked = Date.now();
  const watchdog = setInterval(() => {
    const slept = Date.now() - ticked > 2 * PING_MS;
    ticked = Date.now();
    if (holding || resigned) return;
    // It was this tab that slept: nobody else is silent for that.
    if (slept) heard = ticked;
    if (Date.now() - heard > DEAD_MS) {
      heard = Date.now();
      queued.abort();
      queued = new AbortController();
      void request(true);
    } else send({ t: 'ping' });
  }, PING_MS);

  void request(false);
  send({ t: 'who' });

  return {
    resign: () => {
      resigned = true;
      clearInterval(watchdog);
      queued.abort();
      release();
      rendezvous.close();
    },
  };
};
