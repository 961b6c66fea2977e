/** MonthCard: the month in one figure: what is left of its limit, or what was spent when it has none; and its pace. */
import { Show } from 'solid-js';
import { usdOf } from '../../../kernel/protocol/money.ts';
import { monthLimit } from '../../client/budget.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { money, monthName, type Clock } from '../../ui/words.ts';
import type { Book } from './book.ts';
import { heldFor, paceOf, spentOn } from './month.ts';

export function MonthCard(props: { book: Book; clock: Clock }) {
  const name = () => monthName(props.clock.now, props.clock);
  const spent = () => spentOn(props.book.calls);
  const held = () => usdOf(heldFor(props.book.calls));
  const limit = () => monthLimit(props.book.budget);
  /** A call may cost more than was thought; what is left is nothing then, and the limit's own line says by how much. */
  const left = () => (limit() ? Math.max(0, limit()?.left ?? 0) : undefined);
  const pace = () => paceOf(spent(), props.clock.now, props.book.budget.tz);
  return (
    <Card label={`Money in ${name()}`}>
      <div class="row between row-wrap">
        <div>
          <h2 class="t13 muted money-term">
            {limit() ? 'Left' : 'Spent'} in {name()}
          </h2>
          <p class="metric">{money(left() ?? usdOf(spent()))}</p>
        </div>
        <Button small href={href({ room: 'settings', section: 'grants' })}>
          {limit() ? 'Change the limit' : 'Set a limit'}
        </Button>
      </div>
      <Show when={limit()}>
        {(whole) => (
          <div class="money-meter">
            <Meter
              large
              label={`Budget of ${name()}`}
              value={whole().spent}
              held={whole().reserved}
              max={whole().usd}
              text={`${money(whole().spent)} spent, ${money(whole().reserved)} reserved, of ${money(whole().usd)}`}
            />
          </div>
        )}
      </Show>
      <p class="legend">
        <span>
          <span class="meter-key used" />
          {money(usdOf(spent()))} spent
        </span>
        <span>
          <span class="meter-key held" />
          {money(held())} reserved for calls that go on
        </span>
        <Show when={limit()} fallback={<span>no limit on the whole month</span>}>
          {(whole) => (
            <>
              <span>
                <span class="meter-key" />
                {money(left() ?? 0)} left
              </span>
              <span>limit {money(whole().usd)}, checked before every call</span>
            </>
          )}
        </Show>
      </p>
      <Show when={props.book.calls.length > 0}>
        <p class="t13 muted mt-3">
          <Show
            when={pace()}
            fallback={`What ${name()} may come to is said from its third day on: two days say too little.`}
          >
            {(so) => (
              <>
                It is day {so().day} of {so().days}. If the month goes on as it went, {name()} comes to about{' '}
                {money(usdOf(so().nano))}.
              </>
            )}
          </Show>
        </p>
      </Show>
    </Card>
  );
}
