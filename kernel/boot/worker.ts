/**
 * The kernel's host in a browser tab: a dedicated module worker. It serves its own page either directly (when it leads)
 * or by passing frames to the tab that does. The page cannot tell the difference.
 */
import { SysFailure, type SysError } from '../protocol/errors.ts';
import type { FromKernel, ToKernel } from '../protocol/wire.ts';
import type { BashPort } from '../protocol/ports.ts';
import { browserHost } from './host.ts';
import { bootKernel, type Running } from './kernel.ts';
import { campaign, channelName, clientLock, rendezvousName } from './leadership.ts';
import { once } from './once.ts';
import { serve } from './serve.ts';

const WORKSPACE = 'main';

/** A script runs in a worker of its own, which only a page's worker can start. */
const bash = once<BashPort>(async () => (await import('../bash/bash.ts')).createBash());
const host = (): ReturnType<typeof browserHost> =>
  browserHost(WORKSPACE, { bash: { run: async (sys, order) => (await bash()).run(sys, order) } });

/**
 * What travels on the channel between a follower and the leader. Each is of one leader's time: a tab that was frozen and
 * stolen from still holds the channel when it wakes, and must neither be asked nor heard.
 */
type Relayed = { epoch: number } & (
  | { from: 'leader' }
  | { from: 'kernel'; frame: FromKernel }
  | { from: 'page'; frame: ToKernel }
);

const stoppedBy = ({ code, message }: SysError): FromKernel => ({
  t: 'state',
  state: { state: 'stopped', code, reason: message },
});

/** Another tab that this one serves. */
type Guest = { post: (frame: FromKernel) => void; drop: () => void };

const start = async (): Promise<void> => {
  const client = crypto.randomUUID();
  const toPage = (frame: FromKernel): void => self.postMessage(frame);
  let hello: ToKernel | undefined;
  let toKernel: ((frame: ToKernel) => void) | undefined;

  self.onmessage = ({ data }: MessageEvent<ToKernel>) => {
    if (data.t === 'hello') hello = data;
    // While nobody leads, nothing is kept here: the page asks again when it hears who does.
    toKernel?.(data);
  };

  /** From now on the page's frames go here, its hello first. */
  const connectPage = (receive: (frame: ToKernel) => void): void => {
    toKernel = receive;
    if (hello) receive(hello);
  };

  let leader = 0;
  const relay = new BroadcastChannel(channelName(WORKSPACE, client));
  relay.onmessage = ({ data }: MessageEvent<Relayed>) => {
    const { epoch } = data;
    if (data.from === 'leader' && epoch > leader) {
      leader = epoch;
      // Only now does the leader listen on this channel: frames sent before would be lost.
      connectPage((frame) => relay.postMessage({ epoch, from: 'page', frame } satisfies Relayed));
    } else if (data.from === 'kernel' && epoch === leader) {
      toPage(data.frame);
      // What stopped the kernel stops this tab too: it must not take over and start something else in silence.
      if (data.frame.t === 'state' && data.frame.state.state === 'stopped') leadership.resign();
    }
  };
  // Held as long as this worker lives: the leader waits for it to learn that this tab is gone. It must be held before
  // anybody is joined, or the leader gets it at once and takes a tab that is just opening for one that has closed.
  await new Promise<void>((held) => {
    void navigator.locks.request(clientLock(WORKSPACE, client), () => {
      held();
      return new Promise(() => undefined);
    });
  });

  /** Serve another tab over its own channel until its lock says that it is gone. */
  const join =
    (running: Running, guests: Map<string, Guest>) =>
    (guest: string): void => {
      if (guests.has(guest)) return;
      const { epoch } = running;
      const channel = new BroadcastChannel(channelName(WORKSPACE, guest));
      const say = (relayed: Relayed): void => void (guests.has(guest) && channel.postMessage(relayed));
      const post = (frame: FromKernel): void => say({ epoch, from: 'kernel', frame });
      const served = serve(running, 'operator', post, false);
      guests.set(guest, { post, drop: () => channel.close() });
      channel.onmessage = ({ data }: MessageEvent<Relayed>) => {
        if (data.from === 'page' && data.epoch === epoch) served.receive(data.frame);
      };
      say({ epoch, from: 'leader' });
      void navigator.locks.request(clientLock(WORKSPACE, guest), async () => {
        // Not ours any more when another tab has taken over: then its documents are for that one to close.
        if (!guests.delete(guest)) return;
        await served.close();
        channel.close();
      });
    };

  const rendezvous = new BroadcastChannel(rendezvousName(WORKSPACE));
  const leadership = campaign(WORKSPACE, {
    lead: async (known) => {
      toKernel = undefined;
      toPage({ t: 'state', state: { state: 'starting' } });
      const running = await bootKernel({ ...host(), known });
      leader = running.epoch;
      const own = serve(running, 'operator', toPage, true);
      connectPage(own.receive);
      const guests = new Map<string, Guest>();
      void running.gone.then((why) => {
        toPage(stoppedBy(why));
        for (const guest of guests.values()) guest.post(stoppedBy(why));
        leadership.resign();
      });
      return {
        epoch: running.epoch,
        alarm: () => void running.alarm(),
        join: join(running, guests),
        stop: async () => {
          toKernel = undefined;
          for (const guest of guests.values()) guest.drop();
          guests.clear();
          await running.stop().catch(() => undefined);
        },
      };
    },
    follow: () => rendezvous.postMessage({ t: 'join', client }),
    failed: (cause) => {
      if (cause instanceof SysFailure) return toPage(stoppedBy(cause.error));
      const reason = cause instanceof Error ? cause.message : String(cause);
      toPage({
        t: 'state',
        state: {
          state: 'stopped',
          code: 'EIO',
          reason: `The workspace could not be opened: ${reason}. Reload the tab; if it stays so, check that this browser allows storage for this site.`,
        },
      });
    },
  });
};

void start();
