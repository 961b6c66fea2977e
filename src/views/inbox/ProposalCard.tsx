/**
 * ProposalCard: one proposal, whole: what, why, exactly what, how long, and the decision. A decision is sent once; its
 * buttons stay off until the record says how it ended, or the refusal stands under them.
 */
import { createMemo, createSignal, For, Show } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { changePaths } from '../../../kernel/protocol/files.ts';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import { singleKeys } from '../../client/keys.ts';
import { go, href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Deed } from '../../ui/Deed.tsx';
import { hashGroups, money, plural, relativeDay } from '../../ui/words.ts';
import { createRun, shortRun } from '../run-file.ts';
import { createPast, createPreview, ExactChanges } from './ExactChanges.tsx';
import { AmendDialog } from './AmendDialog.tsx';
import { draftsOf } from './amending.ts';
import { AskedFrom } from './AskedFrom.tsx';
import { DecideAside } from './DecideAside.tsx';
import { effectHead, ExactEffect } from './ExactEffect.tsx';
import { valueOf } from './exact-fields.ts';
import { RememberDialog } from './RememberDialog.tsx';
import { wouldGrant } from './remembering.ts';
import { createSources, spent } from './sources.ts';
import {
  approveConsequence,
  approveLabel,
  chipsOf,
  endWords,
  rejectConsequence,
  standingOf,
  waitsForNetwork,
} from './standing.ts';
import type { Decisions } from './decisions.ts';

export interface ProposalCardProps {
  proposal: Proposal;
  now: number;
  decisions: Decisions;
}

export function ProposalCard(props: ProposalCardProps) {
  const proposal = () => props.proposal;
  // The clock ticks every second; what is said changes far less often, and only then is it drawn again.
  const standing = createMemo(() => standingOf(proposal(), props.now));
  const chips = createMemo(() => chipsOf(proposal(), props.now), [], {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const proposed = createMemo(() => relativeDay(proposal().createdAt, { now: props.now }));
  const open = () => standing() === 'waiting';
  const run = createRun(() => proposal().run);
  const sources = createSources(proposal, run);
  const ahead = createPreview(() => (open() ? proposal().changes : undefined));
  const behind = createPast(() => (open() ? undefined : proposal().changes));
  const previews = () => (open() ? ahead : behind);
  const [reason, setReason] = createSignal('');

  const head = () => {
    const { effect, changes } = proposal();
    if (effect) return open() ? effectHead(effect) : 'Exactly this was proposed';
    const count = plural(changes?.length ?? 0, 'change');
    return open() ? `Exactly this changes: ${count}` : `Exactly this was proposed: ${count}`;
  };
  const cost = () => {
    if (run.value()?.start?.recorded) return undefined;
    const usd = run.value()?.end?.usd ?? spent(run.value()?.records ?? []);
    return usd === undefined ? undefined : `${money(usd)}${run.value()?.end ? '' : ' so far'}`;
  };
  const job = () => run.value()?.start?.job;
  const [asks, setAsks] = createSignal<'remember' | 'amend'>();
  const close = () => setAsks(undefined);
  // A day from now may be remembered or may not; what time it is now changes nothing about it.
  const grant = createMemo(() => (open() ? wouldGrant(proposal(), Date.now()) : undefined));
  const editable = createMemo(() => open() && draftsOf(proposal()).length > 0);
  const value = () => valueOf(proposal().effect);
  const verdicts = () =>
    (proposal().reviews ?? []).map(({ by, verdict, at, reason: text }) => ({
      actor: by,
      verdict: verdict === 'approve' ? 'finds it right' : 'would reject it',
      text: `${text ? `“${text}” ` : ''}It said so ${relativeDay(at, { now: Date.now() })}.`,
    }));
  const decide = (verdict: 'approve' | 'reject', remember?: string) =>
    void props.decisions.decide(proposal(), verdict, {
      reason: reason().trim(),
      ...(remember === undefined ? {} : { remember }),
    });

  return (
    <>
      <Deed
        id={`proposal-${proposal().id}`}
        current
        state={open() ? 'open' : standing() === 'unknown' ? 'unknown' : 'spent'}
        chips={chips()}
        title={proposal().title}
        reason={proposal().rationale}
        by={proposal().by}
        note={<Ending proposal={proposal()} now={props.now} />}
        exactlyHead={head()}
        exactly={
          <Show
            when={proposal().effect}
            fallback={<ExactChanges previews={previews()} count={proposal().changes?.length ?? 0} />}
          >
            {(effect) => <ExactEffect effect={effect()} open={open()} />}
          </Show>
        }
        seal={open() ? { hash: hashGroups(proposal().hash, 4) } : undefined}
        why={open() ? proposal().waits : undefined}
        value={value() === undefined ? undefined : money(value() ?? 0)}
        behind={<AskedFrom proposal={proposal()} />}
        verdicts={verdicts()}
        sources={sources.value()}
        actions={
          <Show when={waitsForNetwork(proposal(), props.now)}>
            <Button
              icon="x"
              busy={props.decisions.pending(proposal().id) !== undefined}
              onClick={() => decide('reject')}
            >
              Do not send it
            </Button>
          </Show>
        }
        wide={proposal().effect === undefined}
        reject={{ label: 'Reject', consequence: rejectConsequence(proposal()), onDecide: () => decide('reject') }}
        approve={{
          label: approveLabel(proposal()),
          consequence: approveConsequence(proposal()),
          onDecide: () => decide('approve'),
        }}
        pending={props.decisions.pending(proposal().id)}
        aside={
          <DecideAside
            refusal={props.decisions.refusal(proposal().id)}
            reason={reason()}
            onReason={setReason}
            onRemember={grant() ? () => setAsks('remember') : undefined}
            onAmend={editable() ? () => setAsks('amend') : undefined}
          />
        }
        noKeys={!singleKeys()}
        foot={{
          actor: proposal().by,
          items: [
            proposed(),
            proposal().run && (
              <a class="mono" href={href({ room: 'agents', run: proposal().run ?? '' })}>
                run {shortRun(proposal().run ?? '')}
              </a>
            ),
            job() && (
              <a href={href({ room: 'files', path: job() ?? '' })}>job {nameOf(job() ?? '').replace(/\.md$/, '')}</a>
            ),
            proposal().program && (
              <a href={href({ room: 'programs', name: proposal().program ?? '' })}>{proposal().program}</a>
            ),
            run.value()?.start?.recorded ? 'Recorded' : undefined,
          ],
          end: cost(),
        }}
      />
      <RememberDialog
        open={asks() === 'remember' && open()}
        proposal={proposal()}
        grant={grant()}
        onClose={close}
        onApprove={(until) => decide('approve', until)}
      />
      <AmendDialog
        open={asks() === 'amend' && open()}
        proposal={proposal()}
        onClose={close}
        onAmend={async (to) => {
          const id = await props.decisions.amend(proposal(), to);
          if (id === undefined) return props.decisions.refusal(proposal().id) ?? 'It is being decided already.';
          go({ room: 'inbox', id });
          return undefined;
        }}
      />
    </>
  );
}

/** How it ended, what it said, and the revisions it left. */
function Ending(props: { proposal: Proposal; now: number }) {
  const words = createMemo(() => endWords(props.proposal, props.now));
  const expects = () => (words() === undefined ? props.proposal.expects : undefined);
  const written = () =>
    props.proposal.state === 'executed' ? [...new Set((props.proposal.changes ?? []).flatMap(changePaths))] : [];
  const said = () =>
    props.proposal.state === 'executed' && props.proposal.effect ? props.proposal.result?.said : undefined;
  return (
    <>
      <Show when={words()}>{(text) => <span>{text()} </span>}</Show>
      <Show when={props.proposal.replacedBy}>
        {(id) => <a href={href({ room: 'inbox', id: id() })}>What it became</a>}
      </Show>
      <Show when={props.proposal.replaces}>
        {(id) => (
          <span>
            You changed it: <a href={href({ room: 'inbox', id: id() })}>what was asked first</a>.{' '}
          </span>
        )}
      </Show>
      <Show when={expects()}>{(text) => <span>Expected after it: {text()}</span>}</Show>
      <Show when={said()}>{(text) => <span>Answer: {text()} </span>}</Show>
      <For each={written().slice(0, 5)}>
        {(path) => (
          <>
            <a class="path" href={href({ room: 'files', path })}>
              {nameOf(path)}
            </a>{' '}
          </>
        )}
      </For>
    </>
  );
}
