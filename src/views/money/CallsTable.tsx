/** CallsTable: lines of the ledger: when, who and for what, in which run, and what it cost or may cost. */
import { Show } from 'solid-js';
import type { Usage } from '../../../kernel/protocol/formats/records.ts';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import { usdOf } from '../../../kernel/protocol/money.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Table } from '../../ui/Table.tsx';
import { columnTime, count, money, type Clock } from '../../ui/words.ts';
import { shortRun } from '../run-file.ts';
import type { Call } from './month.ts';

/** What is to be said of how a call ended, beyond its price. */
const ended = ({ settled }: Call): string => {
  if (!settled) return 'goes on; this much is reserved';
  if (settled.how === 'unknown') return settled.words ?? 'broke off; counts with the most it can have cost';
  return settled.words ?? (settled.how === 'none' ? 'nothing was used' : '');
};

/** What was used, where anybody knows: a zero would be a claim. */
const usageOf = ({ settled }: Call): Usage | undefined => (settled?.how === 'unknown' ? undefined : settled?.usage);

/** Tokens that went in, whichever way they were counted. */
const tokensIn = (call: Call): string => {
  const usage = usageOf(call);
  return usage ? count(usage.input + usage.cacheWrite + usage.cacheRead) : '';
};

const tokensOut = (call: Call): string => {
  const usage = usageOf(call);
  return usage ? count(usage.output) : '';
};

const forWhat = ({ job, program, model }: Call): string =>
  [job && nameOf(job).replace(/\.md$/, ''), program, model].filter(Boolean).join(', ');

export function CallsTable(props: { label: string; calls: readonly Call[]; clock: Clock }) {
  return (
    <div class="card money-calls">
      <Table
        label={props.label}
        rows={props.calls}
        columns={[
          { key: 'at', head: 'When', nowrap: true, cell: ({ at }) => columnTime(at, props.clock) },
          {
            key: 'who',
            head: 'Who, and for what',
            names: true,
            cell: (call) => (
              <>
                <Actor actor={call.actor} /> <span class="faint">{forWhat(call)}</span>
                <Show when={ended(call)}>{(words) => <div class="small faint">{words()}</div>}</Show>
              </>
            ),
          },
          {
            key: 'run',
            head: 'Run',
            cell: ({ run }) => (
              <a class="mono" href={href({ room: 'agents', run })}>
                {shortRun(run)}
              </a>
            ),
          },
          { key: 'in', head: 'In', num: true, low: true, cell: tokensIn },
          { key: 'out', head: 'Out', num: true, low: true, cell: tokensOut },
          {
            key: 'price',
            head: 'Price',
            num: true,
            cell: ({ settled, nano }) => (
              <span classList={{ faint: !settled }}>{money(usdOf(settled?.nano ?? nano), true)}</span>
            ),
          },
        ]}
      />
    </div>
  );
}
