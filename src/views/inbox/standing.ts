/** How a proposal stands, in the operator's words, and which part of the queue it belongs to. Pure. */
import { isMcpTools, isOutward } from '../../../kernel/protocol/effects.ts';
import { changePaths, type Change } from '../../../kernel/protocol/files.ts';
import type { Proposal, Reversibility } from '../../../kernel/protocol/formats/records.ts';
import type { ChipProps } from '../../ui/Chip.tsx';
import { readActor } from '../../ui/actors.ts';
import { clockTime, fromNow, plural, relativeDay, span } from '../../ui/words.ts';

export type Standing = 'waiting' | 'doing' | 'unknown' | 'done' | 'rejected' | 'expired' | 'failed';

/** An expired proposal is expired from that second on, whether or not the kernel has swept it yet. */
export const standingOf = (proposal: Proposal, now: number): Standing => {
  switch (proposal.state) {
    case 'pending':
      return Date.parse(proposal.expiresAt) <= now ? 'expired' : 'waiting';
    case 'approved':
      return proposal.sendsFrom !== undefined && Date.parse(proposal.expiresAt) <= now ? 'expired' : 'doing';
    case 'executing':
      return 'doing';
    case 'executed':
      return 'done';
    case 'unknown':
    case 'rejected':
    case 'expired':
    case 'failed':
      return proposal.state;
  }
};

export type Queue = { waiting: Proposal[]; doing: Proposal[]; unknown: Proposal[]; ended: Proposal[] };

const endedAt = (proposal: Proposal): string => proposal.result?.at ?? proposal.decision?.at ?? proposal.expiresAt;

/** Waiting: what expires first stands first. Ended: the newest first. */
export const queueOf = (proposals: readonly Proposal[], now: number): Queue => {
  const queue: Queue = { waiting: [], doing: [], unknown: [], ended: [] };
  for (const proposal of proposals) {
    const standing = standingOf(proposal, now);
    const part = standing === 'waiting' || standing === 'doing' || standing === 'unknown' ? standing : 'ended';
    queue[part].push(proposal);
  }
  queue.waiting.sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1));
  queue.unknown.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  queue.ended.sort((a, b) => (endedAt(a) < endedAt(b) ? 1 : -1));
  return queue;
};

const UNDO: Record<Reversibility, { icon: ChipProps['icon']; words: string }> = {
  reversible: { icon: 'undo', words: 'Can be undone' },
  costly: { icon: 'undo', words: 'Costly to undo' },
  irreversible: { icon: 'ban', words: 'Cannot be undone' },
};

export const undoWords = (how: Reversibility): string => UNDO[how].words.toLowerCase();

/** Also what only looks leaves the device, whatever class it was granted as. */
export const staysHere = ({ class: held, effect }: Proposal): boolean =>
  (held === 'workspace' || held === 'read') && !(effect && isOutward(effect));

const SOON_MS = 60 * 60_000;

/** Minutes left is urgent: the chip then has colour. */
export const soon = (proposal: Proposal, now: number): boolean => Date.parse(proposal.expiresAt) - now < SOON_MS;

const leftWords = (proposal: Proposal, now: number): string => {
  const { expiresAt } = proposal;
  const today = relativeDay(expiresAt, { now }).startsWith('today');
  return `Expires ${today ? clockTime(expiresAt, { now }) : relativeDay(expiresAt, { now })}, ${fromNow(expiresAt, { now })}`;
};

export const leftShort = (proposal: Proposal, now: number): string => span(Date.parse(proposal.expiresAt) - now);

const ENDED: Record<Exclude<Standing, 'waiting'>, Omit<ChipProps, 'children'> & { word: string }> = {
  doing: { tone: 'live', word: 'Being carried out' },
  unknown: { tone: 'unknown', icon: 'unknown', word: 'Unknown' },
  done: { tone: 'quiet', icon: 'check', word: 'Done' },
  rejected: { tone: 'quiet', icon: 'x', word: 'Rejected' },
  expired: { tone: 'over', icon: 'clock', word: 'Expired' },
  failed: { tone: 'fail', icon: 'x', word: 'Failed' },
};

/** Approved without a network: it can still be rejected. */
export const waitsForNetwork = (proposal: Proposal, now: number): boolean =>
  proposal.state === 'approved' && proposal.sendsFrom !== undefined && standingOf(proposal, now) === 'doing';

/** The chip in the list and on the card once nothing waits any more. */
export const endChip = (proposal: Proposal, now: number): (ChipProps & { children: string }) | undefined => {
  const standing = standingOf(proposal, now);
  if (standing === 'waiting') return undefined;
  if (waitsForNetwork(proposal, now)) return { tone: 'quiet', icon: 'offline', children: 'Waits for a network' };
  if (proposal.replacedBy !== undefined) return { tone: 'quiet', icon: 'pen', children: 'Changed' };
  const { word, ...look } = ENDED[standing];
  return { ...look, children: word };
};

export const chipsOf = (proposal: Proposal, now: number): ChipProps[] => {
  const standing = standingOf(proposal, now);
  const reach: ChipProps = staysHere(proposal)
    ? { icon: 'files', children: 'Stays in the workspace' }
    : { icon: 'globe', children: 'Leaves this device' };
  if (standing !== 'waiting') {
    const chip = endChip(proposal, now);
    const when = standing === 'doing' || standing === 'unknown' ? '' : ` ${relativeDay(endedAt(proposal), { now })}`;
    return [...(chip ? [{ ...chip, children: `${chip.children}${when}` }] : []), reach];
  }
  const undo = UNDO[proposal.reversibility];
  return [
    { icon: 'clock', ...(soon(proposal, now) ? { tone: 'wait' as const } : {}), children: leftWords(proposal, now) },
    { ...(undo.icon ? { icon: undo.icon } : {}), children: undo.words },
    reach,
    // Said at the head: on a phone what stands behind it is below the decisions.
    ...(proposal.sources?.length ? [{ icon: 'warn', tone: 'wait', children: 'Read words from outside' } as const] : []),
  ];
};

const counted = (changes: readonly Change[]): string => {
  const removes = changes.filter(({ op }) => op === 'remove').length;
  const moves = changes.filter(({ op }) => op === 'move').length;
  const writes = changes.filter(({ op }) => op === 'put' || op === 'edit' || op === 'append');
  const files = new Set(writes.flatMap(changePaths)).size;
  if (removes === changes.length) return `remove ${plural(removes, 'file')}`;
  if (moves === changes.length) return `move ${plural(moves, 'file')}`;
  if (writes.length === changes.length) return `write ${plural(files, 'file')}`;
  return `make ${plural(changes.length, 'change')}`;
};

const EFFECT_VERBS: Record<string, string> = {
  notify: 'notify',
  bash: 'run it',
  http: 'send it',
  mcp: 'call it',
  'mcp-tools': 'ask',
};

/** The button repeats what happens: "Approve and write 2 files". */
export const approveLabel = ({ changes, effect }: Proposal): string => {
  if (changes && changes.length > 0) return `Approve and ${counted(changes)}`;
  if (effect && isMcpTools(effect) && effect.approve !== undefined) return 'Approve these tools';
  return effect ? `Approve and ${EFFECT_VERBS[effect.kind] ?? 'do it'}` : 'Approve';
};

export const approveConsequence = (proposal: Proposal): string => {
  if (proposal.changes) return `Written once, as ${readActor(proposal.by).name}. Earlier versions stay in the history.`;
  const how = { reversible: 'Can be undone.', costly: 'Undoing it costs.', irreversible: 'Cannot be taken back.' };
  return `Done once. ${how[proposal.reversibility]}`;
};

export const rejectConsequence = ({ changes, effect, by }: Proposal): string => {
  if (changes) return 'Every file stays as it is.';
  return effect?.kind === 'notify'
    ? 'Nothing is shown.'
    : `Nothing is sent. ${readActor(by).name} may propose it again.`;
};

/** How it ended, under the title. */
export const endWords = (proposal: Proposal, now: number): string | undefined => {
  const { decision, result } = proposal;
  const decider = decision ? readActor(decision.by).name : undefined;
  const because = decision?.reason ? ` “${decision.reason}”` : '';
  const decided =
    decision && decider
      ? `${decider} ${decision.verdict === 'approve' ? 'approved' : 'rejected'} it ${relativeDay(decision.at, { now })}.${because}`
      : '';
  const capital = decided && `${decided[0]?.toUpperCase() ?? ''}${decided.slice(1)}`;
  switch (standingOf(proposal, now)) {
    case 'waiting':
      return undefined;
    case 'doing':
      if (waitsForNetwork(proposal, now))
        return `${capital} There was no network, so nothing is sent yet. The device it was approved on looks at it again and sends it once when there is one, until ${relativeDay(proposal.expiresAt, { now })}.`.trim();
      return `${capital} It is being carried out now.`.trim();
    case 'done':
      return capital || 'It was carried out.';
    case 'rejected':
      if (proposal.replacedBy !== undefined) return 'You changed it, so this one is void. Nothing was done.';
      return `${capital} Nothing was done.`;
    case 'expired':
      if (decision?.verdict === 'approve')
        return `${capital} There was no network before it expired, so nothing was sent.`;
      return `Nobody decided within ${span(Date.parse(proposal.expiresAt) - Date.parse(proposal.createdAt))}, so nothing was done. It cannot run any more; ${readActor(proposal.by).name} can propose it again.`;
    case 'failed':
      return `${capital} ${result?.error ? result.error.message : (result?.said ?? '')} ${proposal.changes ? 'Nothing was written.' : ''}`.trim();
    case 'unknown':
      return `${capital} It was attempted once, and the kernel stopped before an answer came. It will not be sent again by itself. Look where it went before you do anything about it.`.trim();
  }
};
