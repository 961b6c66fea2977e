/**
 * decide: approve or reject, once. The state moves by compare-and-set on the record's revision under one lock, so two
 * clicks, two tabs or two calls execute once. Changes and the word `executed` are one change set; an effect is marked
 * `executing` first, and if the kernel dies before its end is known it becomes `unknown` and is never replayed.
 */
import { consentHash } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { changePaths } from '../protocol/files.ts';
import { PROPOSALS, proposalFile, type Proposal, type ProposalState } from '../protocol/formats/records.ts';
import type { ParsedArgs } from '../protocol/syscalls.ts';
import { decideDecision } from '../policy/decide.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';

type Loaded = { proposal: Proposal; revision: string };
const KERNEL: Caller = {
  actor: 'daemon:consent',
  run: '',
  cause: '',
  capabilities: [],
  signal: new AbortController().signal,
};

const load = async (kernel: Kernel, id: string): Promise<Result<Loaded>> => {
  const read = await kernel.fs.read(proposalFile(id), { as: 'text' });
  if (!read.ok) return err('ENOENT', `There is no proposal ${id}.`, { path: proposalFile(id) });
  return ok({ proposal: JSON.parse(String(read.value.content)) as Proposal, revision: read.value.stat.revision });
};

const record = (proposal: Proposal, revision: string) =>
  ({
    op: 'put',
    path: proposalFile(proposal.id),
    content: `${JSON.stringify(proposal, null, 2)}\n`,
    base: revision,
  }) as const;

const save = async (
  kernel: Kernel,
  caller: Caller,
  { proposal, revision }: Loaded,
  message: string,
): Promise<Result<Loaded>> => {
  const written = await kernel.fs.write([record(proposal, revision)], authorOf(caller, message));
  return written.ok ? ok({ proposal, revision: written.value.revisions[0] ?? revision }) : written;
};

const stamp = (kernel: Kernel): string => new Date(kernel.now()).toISOString();

const WORDS: Partial<Record<ProposalState, string>> = {
  executed: 'It was approved and done already.',
  rejected: 'It was rejected already.',
  expired: 'It expired; nothing was done.',
  failed: 'It was approved and failed.',
  executing: 'It is being carried out now.',
  approved: 'It is approved and about to be carried out.',
  unknown: 'It was sent once and its end is not known. It is not sent again.',
};

const applyChanges = async (kernel: Kernel, { proposal, revision }: Loaded): Promise<Result<Loaded>> => {
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
  return save(kernel, KERNEL, { proposal: failed, revision }, `Failed: ${written.error.message}`);
};

/** An effect whose claim is on disk. Outside the lock: a slow outside world must not hold up other decisions. */
const carryOut = async (kernel: Kernel, { proposal, revision }: Loaded): Promise<Result<Loaded>> => {
  const { effect, by, run } = proposal;
  // Consent stands, though the page that gave it closes or the run that asked has ended.
  const { signal } = new AbortController();
  const sys = kernel.sys({ actor: by, run: run ?? '', capabilities: [], signal });
  const done =
    effect &&
    (await kernel.ports.effects.run(sys, effect).catch((cause: unknown) => {
      console.error(`panic in effect ${effect.kind}`, cause);
      return undefined;
    }));
  const at = stamp(kernel);
  // [C6] It broke on the way: whether it reached the outside is not known.
  const ended: Proposal = !done
    ? { ...proposal, state: 'unknown' }
    : done.ok
      ? { ...proposal, state: 'executed', result: { at, said: done.value.said } }
      : { ...proposal, state: 'failed', result: { at, error: done.error } };
  const message = !done
    ? `Its end is not known: ${proposal.title}`
    : done.ok
      ? `Done: ${proposal.title}`
      : `Failed: ${done.error.message}`;
  return save(kernel, KERNEL, { proposal: ended, revision }, message);
};

/** Take the decision, once, under the lock. An effect comes back `executing`; everything else is over. */
const claim = async (
  kernel: Kernel,
  caller: Caller,
  { id, verdict, hash, reason }: ParsedArgs<'decide'>,
): Promise<Result<Loaded>> => {
  const loaded = await load(kernel, id);
  if (!loaded.ok) return loaded;
  const { proposal, revision } = loaded.value;
  const allowed = decideDecision(caller.actor, proposal.by);
  if (allowed.verdict === 'deny') return err(allowed.code, allowed.reason);
  if (proposal.state !== 'pending') {
    return err('EBUSY', WORDS[proposal.state] ?? `It is ${proposal.state}.`, { detail: { state: proposal.state } });
  }
  if (hash !== proposal.hash || consentHash(proposal) !== hash) {
    const detail = { hash: proposal.hash };
    return err('ESTALE', 'What would happen is not what you were shown. Look at the proposal again and decide anew.', {
      detail,
    });
  }
  if (Date.parse(proposal.expiresAt) <= kernel.now()) {
    await save(
      kernel,
      KERNEL,
      { proposal: { ...proposal, state: 'expired' }, revision },
      'Expired before it was decided',
    );
    return err('ETIMEDOUT', 'This proposal expired before it was decided. Nothing was done.', {
      detail: { state: 'expired' },
    });
  }
  const decision = { by: caller.actor, verdict, at: stamp(kernel), ...(reason ? { reason } : {}) };
  const state: ProposalState = verdict === 'approve' ? 'approved' : 'rejected';
  const message = `${verdict === 'approve' ? 'Approves' : 'Rejects'}: ${proposal.title}`;
  const decided = await save(kernel, caller, { proposal: { ...proposal, state, decision }, revision }, message);
  if (!decided.ok || verdict === 'reject') return decided;
  if (!proposal.effect) return applyChanges(kernel, decided.value);
  const executing: Loaded = { ...decided.value, proposal: { ...decided.value.proposal, state: 'executing' } };
  return save(kernel, caller, executing, `Carries out: ${proposal.title}`);
};

export const decide: Handler<'decide'> = async (kernel, caller, args) => {
  const claimed = await kernel.deciding(() => claim(kernel, caller, args));
  const ended =
    claimed.ok && claimed.value.proposal.state === 'executing' ? await carryOut(kernel, claimed.value) : claimed;
  return ended.ok ? ok({ id: args.id, state: ended.value.proposal.state }) : ended;
};

/** At boot: close what time or a crash has decided, past its expiry or caught between an attempt and its answer. */
export const settleProposals = (kernel: Kernel): Promise<void> =>
  kernel.deciding(async () => {
    for (const { path } of kernel.fs.files(PROPOSALS)) {
      const id = path.slice(PROPOSALS.length + 1, -'.json'.length);
      const loaded = await load(kernel, id);
      if (!loaded.ok) continue;
      const { proposal, revision } = loaded.value;
      const crashed = proposal.state === 'executing' || proposal.state === 'approved';
      const expired = proposal.state === 'pending' && Date.parse(proposal.expiresAt) <= kernel.now();
      if (crashed) {
        // Approved but never attempted is safe to fail; attempted with no answer is unknown for good.
        const next: Proposal =
          proposal.state === 'executing'
            ? { ...proposal, state: 'unknown' }
            : {
                ...proposal,
                state: 'failed',
                result: { at: stamp(kernel), said: 'The kernel stopped before it was carried out. Nothing was done.' },
              };
        await save(
          kernel,
          KERNEL,
          { proposal: next, revision },
          next.state === 'unknown' ? 'Its end is not known' : 'Stopped before it was carried out',
        );
      } else if (expired)
        await save(kernel, KERNEL, { proposal: { ...proposal, state: 'expired' }, revision }, 'Expired undecided');
    }
  });
