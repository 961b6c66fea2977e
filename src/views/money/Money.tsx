/** The Money room: what model calls cost this month, by whom and when, what is left of each limit, and every call. */
import './money.css';
import { createSignal, Match, Show, Switch } from 'solid-js';
import { usdOf } from '../../../kernel/protocol/money.ts';
import { monthLimit } from '../../client/budget.ts';
import { useClient } from '../../client/context.ts';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { money, monthName, plural, type Clock } from '../../ui/words.ts';
import { download } from '../files/acts.ts';
import { Room } from '../Room.tsx';
import { createBook, type Book } from './book.ts';
import { CallsTable } from './CallsTable.tsx';
import { Limits } from './Limits.tsx';
import { MonthCard } from './MonthCard.tsx';
import { SpentBy } from './SpentBy.tsx';
import { unknownOf } from './month.ts';

/** The newest calls; the file holds them all. */
const SHOWN = 50;

export function Money() {
  const client = useClient();
  const book = createBook();
  const now = createNow(30_000);
  const [saving, setSaving] = createSignal(false);
  const [unsaved, setUnsaved] = createSignal<string>();
  const save = async (): Promise<void> => {
    setSaving(true);
    const saved = await download(client, '/proc/ledger.csv');
    setSaving(false);
    setUnsaved(saved.ok ? undefined : saved.error.message);
  };
  return (
    <Room
      title="Money"
      sub="What model calls cost, counted before and after each"
      actions={
        <Button small icon="download" busy={saving()} onClick={() => void save()}>
          Save as CSV
        </Button>
      }
    >
      <div class="stack">
        <Show when={unsaved()}>
          {(why) => (
            <Notice tone="fail" title="The ledger was not saved as a file.">
              {why()} Nothing in the ledger changed.
            </Notice>
          )}
        </Show>
        <Switch fallback={<Skeleton label="Reading the ledger" />}>
          <Match when={book.error()}>
            {(error) => (
              <ErrorCard
                title="The ledger cannot be read"
                code={error().code}
                safe="Limits hold as before: the kernel counts on its own."
                actions={
                  <Button small onClick={() => book.reload()}>
                    Read it again
                  </Button>
                }
              >
                {error().message}
              </ErrorCard>
            )}
          </Match>
          <Match when={book.value()}>
            {(value) => <Month book={value()} clock={{ now: now(), zone: value().budget.tz }} />}
          </Match>
        </Switch>
      </div>
    </Room>
  );
}

function Month(props: { book: Book; clock: Clock }) {
  const unknown = () => unknownOf(props.book.calls);
  const others = () => props.book.budget.limits.filter((limit) => limit !== monthLimit(props.book.budget));
  return (
    <>
      <MonthCard book={props.book} clock={props.clock} />
      <Show when={unknown().length > 0}>
        <section aria-labelledby="money-unknown">
          <div class="h-sec">
            <h2 id="money-unknown">Not known</h2>
            <span class="count">{plural(unknown().length, 'call')}</span>
          </div>
          <p class="t13 muted mb-3">
            Broken off before the provider said what was used. Each counts with the most it can have cost, so the
            provider’s bill may be lower by up to {money(usdOf(unknown().reduce((sum, { nano }) => sum + nano, 0)))}.
          </p>
          <CallsTable label="Calls whose cost is not known" calls={unknown()} clock={props.clock} />
        </section>
      </Show>
      <Show when={others().length > 0}>
        <Limits limits={others()} />
      </Show>
      <Show
        when={props.book.calls.length > 0}
        fallback={
          <Empty
            title={`No model call in ${monthName(props.clock.now, props.clock)} yet`}
            action={<Button href={href({ room: 'agents' })}>Give an agent an order</Button>}
          >
            Every call stands here once an agent, a job or a program asks a model, with what it cost and for which run.
            Calls of former months are in the CSV file.
          </Empty>
        }
      >
        <SpentBy calls={props.book.calls} clock={props.clock} device={props.book.budget.device} />
        <section aria-labelledby="money-calls">
          <div class="h-sec">
            <h2 id="money-calls">Ledger</h2>
            <span class="count">
              {props.book.calls.length > SHOWN
                ? `the last ${SHOWN} of ${plural(props.book.calls.length, 'call')}; all are in the CSV file`
                : plural(props.book.calls.length, 'call')}
            </span>
          </div>
          <CallsTable label="Ledger" calls={props.book.calls.slice(0, SHOWN)} clock={props.clock} />
        </section>
      </Show>
    </>
  );
}
