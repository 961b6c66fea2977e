/** The plan on the table in each of its states: being read, not readable, waiting for a decision. */
import { Match, Show, Switch } from 'solid-js';
import { createNow } from '../../client/now.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { bytes, stopwatch } from '../../ui/words.ts';
import { PlanCard } from './PlanCard.tsx';
import type { Table } from './planning.ts';

export function OnTheTable(props: {
  table: Table;
  onStop: () => void;
  onAgain: (table: Extract<Table, { state: 'failed' }>) => void;
  onInstall: (table: Extract<Table, { state: 'read' }>, activate: boolean) => void;
}) {
  const as = <S extends Table['state']>(state: S) =>
    props.table.state === state ? (props.table as Extract<Table, { state: S }>) : undefined;
  return (
    <Switch>
      <Match when={as('reading')}>{(table) => <Reading table={table()} onStop={props.onStop} />}</Match>
      <Match when={as('failed')}>
        {(table) => (
          <ErrorCard
            title={`The plan of ${table().source.label} cannot be shown`}
            safe="Nothing was installed and nothing has changed."
            code={table().error.code}
            actions={
              <>
                <Button small onClick={() => props.onAgain(table())}>
                  Read it again
                </Button>
                <Button small variant="quiet" onClick={() => props.onStop()}>
                  Leave it
                </Button>
              </>
            }
          >
            {table().error.message}
          </ErrorCard>
        )}
      </Match>
      <Match when={as('read')}>
        {(table) => (
          <div class="stack">
            <Show when={table().error}>
              {(error) => (
                <Notice tone="fail" title="It stopped here.">
                  {error().message} <span class="small faint mono">{error().code}</span>
                </Notice>
              )}
            </Show>
            <PlanCard
              plan={table().plan}
              intent={table().intent}
              step={table().step}
              onReject={props.onStop}
              onInstall={({ activate }) => props.onInstall(table(), activate)}
            />
          </div>
        )}
      </Match>
    </Switch>
  );
}

function Reading(props: { table: Extract<Table, { state: 'reading' }>; onStop: () => void }) {
  const now = createNow(1_000);
  return (
    <div class="card pad">
      <Progress label="Reading the plan" onStop={() => props.onStop()}>
        Fetching and verifying {props.table.source.label}
        {props.table.source.bytes ? `, ${bytes(props.table.source.bytes)}` : ''},{' '}
        {stopwatch(Math.max(0, now() - props.table.since))}. Nothing has changed.
      </Progress>
    </div>
  );
}
