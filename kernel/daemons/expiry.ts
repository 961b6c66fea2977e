/**
 * Expiry: a proposal that nobody decided in time, or that waited for a network for too long, becomes `expired`. It moves by compare-and-set on the record's revision,
 * as a decision does, so whichever comes first stands; and the gate refuses a late decision by itself.
 */
import { mayExpire, PROPOSALS, type Proposal } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { createRounds } from './rounds.ts';
import { filesBelow, textOf } from './stats.ts';

/** By the clock and not by a timer to the moment: a clock that is set on is seen within this. */
export const LOOK_MS = 30_000;

type Waiting = { revision: string; proposal: Proposal | undefined };

const start = (sys: Sys, setTimer: Timer): (() => void) => {
  /** The pending ones, so that what was decided long ago is not read each time. */
  let known = new Map<Path, Waiting>();

  const look = async (): Promise<void> => {
    const seen = new Map<Path, Waiting>();
    for (const { path, revision } of await filesBelow(sys, PROPOSALS)) {
      const before = known.get(path);
      if (before?.revision === revision) {
        seen.set(path, before);
        continue;
      }
      const file = await textOf(sys, path);
      const proposal = file && (JSON.parse(file.text) as Proposal);
      if (file)
        seen.set(path, {
          revision: file.stat.revision,
          proposal: proposal && mayExpire(proposal) ? proposal : undefined,
        });
    }
    known = seen;
    for (const [path, { revision, proposal }] of seen) {
      if (!proposal || Date.parse(proposal.expiresAt) > sys.now()) continue;
      const content = `${JSON.stringify({ ...proposal, state: 'expired' }, null, 2)}\n`;
      // Refused: it was decided meanwhile. The next look reads what it became.
      await sys.write([{ op: 'put', path, content, base: revision }], {
        message: proposal.state === 'pending' ? 'Expired undecided' : 'Expired before there was a network',
      });
    }
  };

  const rounds = createRounds(
    () => look().finally(() => rounds.wake(LOOK_MS)),
    setTimer,
    (cause) => console.error('Proposals could not be looked at.', cause),
  );
  rounds.wake(LOOK_MS);
  return rounds.stop;
};

export const createExpiry = (setTimer: Timer = realTimer): Daemon => ({
  name: 'expiry',
  writes: [`${PROPOSALS}/*`],
  start: (sys) => start(sys, setTimer),
});
