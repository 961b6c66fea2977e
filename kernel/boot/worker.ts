/**
 * The kernel's host in a browser tab: a dedicated module worker. It serves its own page either directly (when it leads)
 * or by passing frames to the tab that does. The page cannot tell the difference.
 */
import type { FromKernel, ToKernel } from '../protocol/wire.ts';
import { browserHost } from './host.ts';
import { bootKernel, type Running } from './kernel.ts';
import { campaign, channelName, clientLock } from './leadership.ts';
import { serve, type Served } from './serve.ts';

const WORKSPACE = 'main';

/** What travels on the channel between a follower and the leader. */
type Relayed = { from: 'leader' } | { from: 'kernel'; frame: FromKernel } | { from: 'page'; frame: ToKernel };

const start = async (): Promise<void> => {
  const client = crypto.randomUUID();
  const toPage = (frame: FromKernel): void => self.postMessage(frame);
  const waiting: ToKernel[] = [];
  let hello: ToKernel | undefined;
  let toKernel: ((frame: ToKernel) => void) | undefined;

  self.onmessage = ({ data }: MessageEvent<ToKernel>) => {
    if (data.t === 'hello') hello = data;
    if (toKernel) toKernel(data);
    else if (data.t !== 'hello') waiting.push(data);
  };

  /** From now on the page's frames go here; its hello first, then whatever it said too early. */
  const connectPage = (receive: (frame: ToKernel) => void): void => {
    toKernel = receive;
    if (hello) receive(hello);
    for (const frame of waiting.splice(0)) receive(frame);
  };

  const relay = new BroadcastChannel(channelName(WORKSPACE, client));
  relay.onmessage = ({ data }: MessageEvent<Relayed>) => {
    // Only now does the leader listen on this channel: frames sent before would be lost.
    if (data.from === 'leader') connectPage((frame) => relay.postMessage({ from: 'page', frame } satisfies Relayed));
    else if (data.from === 'kernel') toPage(data.frame);
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
    (running: Running, guests: Map<string, Served>) =>
    (guest: string): void => {
      if (guests.has(guest)) return;
      const channel = new BroadcastChannel(channelName(WORKSPACE, guest));
      const say = (relayed: Relayed): void => channel.postMessage(relayed);
      const served = serve(running, 'operator', (frame) => say({ from: 'kernel', frame }), false);
      guests.set(guest, served);
      channel.onmessage = ({ data }: MessageEvent<Relayed>) => {
        if (data.from === 'page') served.receive(data.frame);
      };
      say({ from: 'leader' });
      void navigator.locks.request(clientLock(WORKSPACE, guest), async () => {
        guests.delete(guest);
        await served.close();
        channel.close();
      });
    };

  const rendezvous = new BroadcastChannel(`allod:${WORKSPACE}`);
  campaign(WORKSPACE, {
    lead: async () => {
      toKernel = undefined;
      toPage({ t: 'state', state: { state: 'starting' } });
      const running = await bootKernel(browserHost(WORKSPACE));
      const own = serve(running, 'operator', toPage, true);
      connectPage(own.receive);
      const guests = new Map<string, Served>();
      return {
        epoch: running.epoch,
        join: join(running, guests),
        stop: async () => {
          toKernel = undefined;
          await running.stop().catch(() => undefined);
        },
      };
    },
    follow: () => rendezvous.postMessage({ t: 'join', client }),
    failed: (cause) => {
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
