/**
 * Inbox: what waits for the operator, what needs a look, what ended; and one proposal, whole. J and K move, Enter opens,
 * R and Shift A decide the card that has the focus. On a phone it is a list, then one card.
 */
import './inbox.css';
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { singleKeys, typing } from '../../client/keys.ts';
import { createNow } from '../../client/now.ts';
import { createConflicts, createProposals } from '../../client/records.ts';
import { go, href, parseRoute } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { plural } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import { createDecisions } from './decisions.ts';
import { ProposalCard } from './ProposalCard.tsx';
import { ProposalLine } from './ProposalLine.tsx';
import { queueOf, type Queue } from './standing.ts';

const FIRST_ENDED = 30;

const PARTS: readonly { part: keyof Queue; label: string }[] = [
  { part: 'waiting', label: 'Waiting for you' },
  { part: 'doing', label: 'Being carried out' },
  { part: 'unknown', label: 'Needs a look' },
  { part: 'ended', label: 'Ended' },
];

const sameQueue = (a: Queue, b: Queue): boolean =>
  PARTS.every(
    ({ part }) => a[part].length === b[part].length && a[part].every((proposal, index) => proposal === b[part][index]),
  );

export function Inbox(props: { id?: string }) {
  const proposals = createProposals();
  const conflicts = createConflicts();
  const decisions = createDecisions();
  const now = createNow(1_000);
  const [older, setOlder] = createSignal(FIRST_ENDED);
  let list: HTMLElement | undefined;
  let detail: HTMLElement | undefined;
  /** After the next move of the address the focus goes to the list (J, K there) or to the card. */
  let focusOn: 'list' | 'card' | undefined = 'card';

  // The clock moves it every second; what is drawn changes only when something changes its place.
  const queue = createMemo(() => queueOf(proposals.value() ?? [], now()), undefined, { equals: sameQueue });
  const shownOf = (part: keyof Queue): readonly Proposal[] =>
    part === 'ended' ? queue().ended.slice(0, older()) : queue()[part];
  const order = createMemo(() => PARTS.flatMap(({ part }) => shownOf(part)));
  /** On a laptop something is always open; it is named in the address only once it was chosen. */
  const [held, setHeld] = createSignal<string>();
  const selected = createMemo(() => {
    const wanted = props.id ?? held();
    return (
      order().find(({ id }) => id === wanted) ??
      queue().ended.find(({ id }) => id === wanted) ??
      (props.id ? undefined : order()[0])
    );
  });
  // What was open stays open when it is decided, though another now stands first.
  createEffect(() => setHeld(selected()?.id));

  const sub = () => {
    const { waiting, unknown } = queue();
    if (proposals.value() === undefined) return undefined;
    return [`${waiting.length} waiting`, ...(unknown.length > 0 ? [`${unknown.length} unknown`] : [])].join(', ');
  };

  const move = (by: 1 | -1) => {
    // In the list, from the line that has the focus; in the card, from the card.
    const focused = parseRoute(list?.querySelector<HTMLAnchorElement>('a:focus')?.hash ?? '');
    const from = focused.room === 'inbox' ? focused.id : selected()?.id;
    const at = order().findIndex(({ id }) => id === from);
    const next = order()[at < 0 ? 0 : at + by];
    if (!next) return;
    focusOn = list?.contains(document.activeElement) ? 'list' : 'card';
    go({ room: 'inbox', id: next.id }, { replace: true });
  };
  const onKey = (event: KeyboardEvent) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.shiftKey ||
      event.defaultPrevented ||
      typing(event) ||
      !singleKeys()
    )
      return;
    if (event.key !== 'j' && event.key !== 'k') return;
    event.preventDefault();
    move(event.key === 'j' ? 1 : -1);
  };
  const focusCard = () => {
    (detail?.querySelector<HTMLElement>('.deed[tabindex]') ?? detail)?.focus({ preventScroll: true });
    // From its head on: on a phone the whole room scrolls, on a laptop this column.
    detail?.scrollTo({ top: 0 });
    detail?.closest('main')?.scrollTo({ top: 0 });
  };
  /** Opening the line that is open already changes no address, and still means: to the card. */
  const onOpen = (event: MouseEvent) => {
    if ((event.target as Element).closest('[aria-current="true"]')) focusCard();
  };
  // Coming in with the focus nowhere, J, K and the card's keys work at once.
  createEffect(
    on(
      () => proposals.value() !== undefined,
      (ready) => {
        if (!ready) return;
        queueMicrotask(() => {
          const nowhere = document.activeElement === document.body || document.activeElement?.id === 'main';
          if (!nowhere) return;
          if (props.id !== undefined) focusCard();
          else list?.querySelector<HTMLElement>('[aria-current="true"]')?.focus({ preventScroll: true });
        });
      },
    ),
  );
  createEffect(
    on(
      () => props.id,
      (id) => {
        const to = focusOn;
        focusOn = 'card';
        if (id === undefined || to === undefined) return;
        queueMicrotask(() => {
          const line = list?.querySelector<HTMLElement>('[aria-current="true"]');
          line?.scrollIntoView({ block: 'nearest' });
          if (to === 'list') line?.focus();
          else focusCard();
        });
      },
      { defer: true },
    ),
  );

  const disagreed = () => conflicts.value()?.filter(({ state }) => state === 'open').length ?? 0;

  return (
    <Room
      bare
      title="Inbox"
      sub={sub()}
      actions={
        <>
          <Show when={conflicts.value()?.length}>
            <Button
              small
              icon="fork"
              {...(disagreed() === 0 ? { variant: 'quiet' as const } : {})}
              href={href({ room: 'conflicts' })}
            >
              {disagreed() === 0 ? 'Conflicts' : plural(disagreed(), 'conflict')}
            </Button>
          </Show>
          <Button small variant="quiet" class="only-wide" href={href({ room: 'settings', section: 'grants' })}>
            Change what may act alone
          </Button>
        </>
      }
    >
      <Switch
        fallback={
          <div class="wrap">
            <Skeleton label="Reading the proposals" />
          </div>
        }
      >
        <Match when={proposals.error() && !proposals.value()}>
          <div class="wrap">
            <ErrorCard title="The proposals cannot be read" code={proposals.error()?.code}>
              {proposals.error()?.message}
            </ErrorCard>
          </div>
        </Match>
        <Match when={proposals.value()?.length === 0}>
          <div class="wrap">
            <div class="narrow">
              <h2 class="vh">Proposals</h2>
              <Empty
                title={disagreed() > 0 ? 'No proposal waits for you' : 'Nothing waits for you'}
                action={<Button href={href({ room: 'settings', section: 'grants' })}>See what may act alone</Button>}
              >
                When an agent may not do something alone, it proposes it here, with its reason and exactly what would
                happen. Nothing was ever proposed in this workspace.
              </Empty>
            </div>
          </div>
        </Match>
        <Match when={proposals.value()}>
          <div class="cols-inbox" classList={{ 'is-detail': props.id !== undefined }} onKeyDown={onKey}>
            <nav class="q" aria-label="Proposals" onClick={onOpen} ref={(el) => (list = el)}>
              <Show when={queue().waiting.length === 0}>
                <p class="q-grp">Nothing waits for you.</p>
              </Show>
              <For each={PARTS}>
                {({ part, label }) => (
                  <Show when={shownOf(part).length > 0}>
                    <section aria-label={label}>
                      <h2 class="q-grp">{label}</h2>
                      <For each={shownOf(part)}>
                        {(proposal) => (
                          <ProposalLine proposal={proposal} now={now()} current={proposal.id === selected()?.id} />
                        )}
                      </For>
                    </section>
                  </Show>
                )}
              </For>
              <Show when={queue().ended.length > older()}>
                <div class="pad">
                  <Button small variant="quiet" onClick={() => setOlder(older() + 100)}>
                    Show older ones
                  </Button>
                </div>
              </Show>
              <p class="q-grp only-wide" aria-hidden="true">
                <Kbd>J</Kbd> <Kbd>K</Kbd> next, previous
              </p>
            </nav>
            <div class="o" role="region" aria-label="The proposal" tabindex="0" ref={(el) => (detail = el)}>
              <p class="only-phone">
                <Button small variant="quiet" icon="back" href={href({ room: 'inbox' })}>
                  Queue
                </Button>
              </p>
              <Show keyed when={selected()?.id} fallback={<NoSuch id={props.id} />}>
                {(id) => <Current id={id} from={() => proposals.value() ?? []} now={now()} decisions={decisions} />}
              </Show>
            </div>
          </div>
        </Match>
      </Switch>
    </Room>
  );
}

/** The card stays the same while its record changes under it. */
function Current(props: {
  id: string;
  from: () => readonly Proposal[];
  now: number;
  decisions: ReturnType<typeof createDecisions>;
}) {
  const proposal = createMemo(() => props.from().find(({ id }) => id === props.id));
  return (
    <Show when={proposal()}>
      {(found) => <ProposalCard proposal={found()} now={props.now} decisions={props.decisions} />}
    </Show>
  );
}

function NoSuch(props: { id: string | undefined }) {
  return (
    <Empty title="No such proposal" action={<Button href={href({ room: 'inbox' })}>Open the queue</Button>}>
      {props.id ? `There is no proposal ${props.id} in this workspace.` : 'Choose one in the list.'}
    </Empty>
  );
}
