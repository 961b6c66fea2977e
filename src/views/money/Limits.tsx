/** Limits: what was spent, what is reserved and what is left of each limit beside the month's, and where it is changed. */
import { For } from 'solid-js';
import { href } from '../../client/route.ts';
import type { BudgetLimit } from '../../client/budget.ts';
import { Card } from '../../ui/Card.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { money } from '../../ui/words.ts';
import { limitWords } from '../limit-words.ts';

const said = ({ spent, reserved, left }: BudgetLimit): string =>
  [
    `${money(spent)} spent`,
    ...(reserved > 0 ? [`${money(reserved)} reserved`] : []),
    left < 0 ? `${money(-left)} over` : `${money(left)} left`,
  ].join(', ');

export function Limits(props: { limits: readonly BudgetLimit[] }) {
  return (
    <Card title="Other limits">
      <ul class="stack-s">
        <For each={props.limits}>
          {(limit) => (
            <li class="money-limit">
              <div class="row between row-wrap t13">
                <span>
                  {limitWords(limit)}: {money(limit.usd)}
                </span>
                <span class="muted">
                  {said(limit)} <Where limit={limit} />
                </span>
              </div>
              <Meter
                label={limitWords(limit)}
                value={limit.spent}
                held={limit.reserved}
                max={limit.usd}
                text={`${said(limit)}, of ${money(limit.usd)}`}
              />
            </li>
          )}
        </For>
      </ul>
      <p class="small faint mt-3">
        At a limit a job is skipped, and says so; you in person are told, and go on. A limit for one run holds always.
      </p>
    </Card>
  );
}

/** The way to the place it is changed in; a program's powers are decided when it is installed. */
function Where(props: { limit: BudgetLimit }) {
  const place = () => {
    const { where, scope, of } = props.limit;
    if (scope === 'program') return href({ room: 'programs', name: of });
    return scope === 'all' || scope === 'device'
      ? href({ room: 'settings', section: 'grants' })
      : href({ room: 'files', path: where });
  };
  return (
    <a href={place()} aria-label={`Change the limit: ${limitWords(props.limit)}`}>
      Change
    </a>
  );
}
