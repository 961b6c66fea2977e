/**
 * Proposals that wait for the clock or the network: looked at while the kernel stands. At boot the kernel does it by itself.
 * What looks is loaded when there is a proposal.
 */
import { PROPOSALS } from '../protocol/formats/records.ts';
import type { Kernel } from '../syscalls/kernel.ts';

const LOOK_MS = 30_000;

export const settle = async (kernel: Kernel, atBoot: boolean): Promise<void> => {
  if (kernel.fs.stat(PROPOSALS))
    await (await import('../syscalls/settle-proposals.ts')).settleProposals(kernel, atBoot);
};

/** Returns the way to stop. A look that fails is made again at the next. */
export const keepSettling = (kernel: Kernel, setTimer: (run: () => void, ms: number) => () => void): (() => void) => {
  let stopped = false;
  let cancel = (): void => undefined;
  const wait = (): void => {
    if (stopped) return;
    cancel = setTimer(() => void settle(kernel, false).then(wait, wait), LOOK_MS);
  };
  wait();
  return () => {
    stopped = true;
    cancel();
  };
};
