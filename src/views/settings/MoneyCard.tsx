/** MoneyCard: what runs cost this month, from their records, and which limits hold. A price nobody gave is said, not guessed. */
import { Show } from 'solid-js';
import { createRuns } from '../../client/runs.ts';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { money, monthName, plural } from '../../ui/words.ts';

const MOST = 2_000;

export function MoneyCard() {
  const month = new Date().toISOString().slice(0, 7);
  const runs = createRuns(
    MOST,
    (head) => head.start.at.startsWith(month) && head.start.recorded === undefined && head.end !== undefined,
  );
  const priced = () => (runs.value() ?? []).filter((head) => head.end?.usd !== undefined);
  const used = () => (runs.value() ?? []).filter(({ end }) => (end?.usage.input ?? 0) + (end?.usage.output ?? 0) > 0);
  const unpriced = () => used().filter((head) => head.end?.usd === undefined).length;
  const sum = () => priced().reduce((total, head) => total + (head.end?.usd ?? 0), 0);
  return (
    <Card title="Money">
      <Show when={runs.value()} fallback={<Skeleton label="Adding up the runs" />}>
        <Facts
          facts={[
            {
              term: `${monthName(Date.now(), { now: Date.now() })}, UTC`,
              value: `${money(sum())} in ${plural(priced().length, 'run')} of models with a price`,
            },
            unpriced() > 0 && { term: 'Not counted', value: `${plural(unpriced(), 'run')} of a model without a price` },
            {
              term: 'What holds',
              value:
                'The budget of a run, a role, a job, a program, and yours for everything. With nothing left a job is skipped; you in person are told, and go on.',
            },
            { term: 'What is left', value: 'In /proc/budget; every call that was paid for, in /proc/ledger.csv' },
          ]}
        />
      </Show>
    </Card>
  );
}
