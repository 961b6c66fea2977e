/**
 * What came up while the page was hidden and needs the operator: a proposal that waits, a run that failed. Each is told
 * once; what came while the page, or another tab of it, was seen is not told. It looks only while it is hidden and when
 * it may tell.
 */
import { PROPOSALS, RUNS, type Proposal } from '../../kernel/protocol/formats/records.ts';
import type { Client } from './client.ts';
import { fromJson, listAll } from './live.ts';
import type { Notice } from './notify.ts';
import { isWaiting, parseProposal } from './records.ts';
import { href } from './route.ts';
import { createHeadReader, type RunHead } from './runs.ts';

export type Telling = {
  /** Since when nobody sees the page; undefined while it is seen. */
  hiddenSince: () => number | undefined;
  /** Is another tab of this app in sight? */
  seenElsewhere: () => Promise<boolean>;
  wanted: () => boolean;
  show: (notice: Notice) => void;
  now: () => number;
};

const RUNS_LOOKED_AT = 50;
const BODY = 240;

const short = (text: string): string => (text.length > BODY ? `${text.slice(0, BODY - 1)}…` : text);
const nameOf = (actor: string): string => actor.slice(actor.indexOf(':') + 1);
const until = (at: string): string =>
  new Date(at).toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });

export const proposalNotice = (proposal: Proposal): Notice => ({
  title: `${nameOf(proposal.by)} asks: ${proposal.title}`,
  body: short(`It waits for your decision until ${until(proposal.expiresAt)}. ${proposal.rationale}`),
  tag: `proposal ${proposal.id}`,
  href: href({ room: 'inbox', id: proposal.id }),
});

export const failureNotice = ({ start, end }: RunHead): Notice => ({
  title: `${nameOf(start.actor)} failed: ${start.title}`,
  body: short(end?.error?.message ?? 'Its record says how far it came.'),
  tag: `run ${start.id}`,
  href: href({ room: 'agents', run: start.id }),
});

export const tellNeeds = (client: Client, telling: Telling): (() => void) => {
  const told = new Set<string>();
  const heads = createHeadReader(client);

  const proposals = async (since: number): Promise<Notice[]> => {
    const listed = await listAll(client, PROPOSALS);
    const fresh = listed.ok ? listed.value.filter(({ at }) => Date.parse(at) >= since) : [];
    const read = await Promise.all(fresh.map(({ path }) => client.stub.read(path, { as: 'text' })));
    return read
      .flatMap((file) => (file.ok ? (parseProposal(fromJson(file.value.content)) ?? []) : []))
      .filter((proposal) => isWaiting(proposal, telling.now()) && Date.parse(proposal.createdAt) >= since)
      .map(proposalNotice);
  };
  const failures = async (since: number): Promise<Notice[]> => {
    const read = await heads(RUNS_LOOKED_AT);
    return (read.ok ? read.value : [])
      .filter(({ end }) => end?.state === 'failed' && Date.parse(end.at) >= since)
      .map(failureNotice);
  };

  /** One look at a time; what happens during one is looked at after it. */
  let looking = false;
  let again = false;
  const look = async (): Promise<void> => {
    again = true;
    if (looking) return;
    looking = true;
    while (again) {
      again = false;
      const since = telling.hiddenSince();
      if (since === undefined || !telling.wanted()) continue;
      const found = [...(await proposals(since)), ...(await failures(since))];
      if (found.length === 0) continue;
      const elsewhere = await telling.seenElsewhere();
      // Somebody came back meanwhile: they see it.
      if (telling.hiddenSince() === undefined) continue;
      for (const notice of found) {
        if (!told.has(notice.tag) && !elsewhere) telling.show(notice);
        told.add(notice.tag);
      }
    }
    looking = false;
  };
  return client.watch([`${PROPOSALS}/*.json`, `${RUNS}/*/*.jsonl`], () => void look());
};

/** Held by every tab of this app while it is in sight. */
const SIGHT = 'allod:in-sight';

/** Follows whether this page is seen, and whether another tab is. */
export const followSight = (): Pick<Telling, 'hiddenSince' | 'seenElsewhere'> & { stop: () => void } => {
  let since: number | undefined;
  let leave = (): void => undefined;
  const follow = (): void => {
    leave();
    since = document.hidden ? (since ?? Date.now()) : undefined;
    if (document.hidden) return;
    const hidden = new Promise<void>((resolve) => (leave = resolve));
    void navigator.locks.request(SIGHT, { mode: 'shared' }, () => hidden).catch(() => undefined);
  };
  follow();
  document.addEventListener('visibilitychange', follow);
  return {
    hiddenSince: () => since,
    seenElsewhere: async () => (await navigator.locks.query()).held?.some(({ name }) => name === SIGHT) ?? false,
    stop: () => {
      leave();
      document.removeEventListener('visibilitychange', follow);
    },
  };
};
