/**
 * Carrying out what was approved: changes and the word `executed` in one change set, or an effect whose claim is on disk
 * already. What was sent without a known end becomes `unknown`.
 */
import { ok, type Result } from '../protocol/errors.ts';
import { changePaths } from '../protocol/files.ts';
import type { Proposal } from '../protocol/formats/records.ts';
import type { Kernel } from './kernel.ts';
import { carry } from './mcp.ts';
import { CONSENT, record, save, stamp, type Loaded } from './proposal-record.ts';

/** Of a long answer, so much stands in the record. */
const SAID_CHARS = 20_000;

export const applyChanges = async (kernel: Kernel, { proposal, revision }: Loaded): Promise<Result<Loaded>> => {
  const changes = proposal.changes ?? [];
  // The decision mints the right for exactly these paths; the author stays who proposed it.
  const author = {
    actor: proposal.by,
    message: proposal.title,
    run: proposal.run ?? '',
    cause: `proposal:${proposal.id}`,
  };
  const executed: Proposal = {
    ...proposal,
    state: 'executed',
    result: { at: stamp(kernel), said: `${changes.flatMap(changePaths).length} files` },
  };
  const written = await kernel.fs.write([...changes, record(executed, revision)], author);
  if (written.ok) return ok({ proposal: executed, revision: written.value.revisions.at(-1) ?? revision });
  const failed: Proposal = { ...proposal, state: 'failed', result: { at: stamp(kernel), error: written.error } };
  return save(kernel, CONSENT, { proposal: failed, revision }, `Failed: ${written.error.message}`);
};

/** An effect whose claim is on disk. Outside the lock: a slow outside world must not hold up other decisions. */
export const carryOut = async (kernel: Kernel, { proposal, revision }: Loaded): Promise<Result<Loaded>> => {
  const { effect, by, run } = proposal;
  // Consent stands, though the page that gave it closes or the run that asked has ended.
  const { signal } = new AbortController();
  const sys = kernel.sys({ actor: by, run: run ?? '', capabilities: [], signal });
  const done =
    effect &&
    (await carry(kernel, sys, effect).catch((cause: unknown) => {
      console.error(`panic in effect ${effect.kind}`, cause);
      return undefined;
    }));
  const at = stamp(kernel);
  const end = (more: Partial<Proposal>, message: string): Promise<Result<Loaded>> =>
    save(kernel, CONSENT, { proposal: { ...proposal, ...more }, revision }, message);
  // [C6] It broke or was lost on the way: whether it reached the outside is not known.
  const lost = `Its end is not known: ${proposal.title}`;
  if (!done) return end({ state: 'unknown' }, lost);
  if (done.ok)
    return end(
      { state: 'executed', result: { at, said: done.value.said.slice(0, SAID_CHARS) } },
      `Done: ${proposal.title}`,
    );
  const error = { ...done.error, message: done.error.message.slice(0, SAID_CHARS) };
  if (error.detail?.['unknown']) return end({ state: 'unknown', result: { at, error } }, lost);
  return end({ state: 'failed', result: { at, error } }, `Failed: ${error.message.split('\n', 1)[0] ?? ''}`);
};
