/** One sentence about what needs the operator: decisions, unknown ends, live runs, failures. Then, that nothing else does. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { createNow } from '../../client/now.ts';
import { createProcesses, createProposals, isWaiting } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { createRuns } from '../../client/runs.ts';
import { fromNow, plural } from '../../ui/words.ts';

const RUNS_LOOKED_AT = 100;
const DAY = 86_400_000;

type Clause = () => JSX.Element;

const earliest = (proposals: readonly Proposal[]): string | undefined =>
  proposals.map((proposal) => proposal.expiresAt).sort()[0];

export function Today() {
  const proposals = createProposals();
  const processes = createProcesses();
  const runs = createRuns(RUNS_LOOKED_AT, ({ end }) => end?.state === 'failed');
  const now = createNow();
  const waiting = createMemo(() => proposals.value()?.filter((proposal) => isWaiting(proposal, now())) ?? []);
  const unknown = createMemo(() => proposals.value()?.filter((proposal) => proposal.state === 'unknown') ?? []);
  const failed = createMemo(
    () => runs.value()?.filter(({ end }) => end !== undefined && now() - Date.parse(end.at) < DAY) ?? [],
  );
  const live = () => processes.value() ?? [];

  const clauses = createMemo((): Clause[] => {
    const said: Clause[] = [];
    const first = earliest(waiting());
    if (first !== undefined) {
      said.push(() => (
        <>
          <a href={href({ room: 'inbox' })}>
            <strong>
              {waiting().length === 1 ? '1 decision waits for you' : `${waiting().length} decisions wait for you`}
            </strong>
          </a>
          ; {waiting().length === 1 ? 'it' : 'the first'} expires {fromNow(first, { now: now() })}.
        </>
      ));
    }
    const [open] = unknown();
    if (open) {
      said.push(() => (
        <>
          <a href={href({ room: 'inbox', id: open.id })}>{plural(unknown().length, 'effect')} ended unknown</a>.
        </>
      ));
    }
    if (live().length > 0) {
      said.push(() => (
        <>
          <a href={href({ room: 'agents' })}>
            {live().length === 1 ? '1 run is live' : `${live().length} runs are live`}
          </a>
          .
        </>
      ));
    }
    const [newest] = failed();
    if (newest) {
      said.push(() => (
        <>
          <a href={href({ room: 'agents', run: newest.start.id })}>
            {plural(failed().length, 'run')} failed since yesterday
          </a>
          .
        </>
      ));
    }
    return said;
  });

  return (
    <p class="today" aria-live="polite">
      <For each={clauses()}>{(clause) => <>{clause()} </>}</For>
      <Show when={clauses().length > 0} fallback="Nothing needs you.">
        Nothing else needs you.
      </Show>
    </p>
  );
}
