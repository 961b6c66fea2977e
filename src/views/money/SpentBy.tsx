/** SpentBy: the month by agent, day, job, program and device. Each table sums up to the month, so nothing is left out. */
import { createMemo, Show, type JSX } from 'solid-js';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import { usdOf } from '../../../kernel/protocol/money.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Card } from '../../ui/Card.tsx';
import { Table } from '../../ui/Table.tsx';
import { count, longDate, money, monthName, type Clock } from '../../ui/words.ts';
import { dayIn, dearestFirst, spentOn, sumsBy, type Call, type Sum } from './month.ts';

export function SpentBy(props: { calls: readonly Call[]; clock: Clock; device: string }) {
  const by = (keyOf: (call: Call) => string | undefined) => createMemo(() => sumsBy(props.calls, keyOf));
  const agents = by(({ actor }) => actor);
  const jobs = by(({ job }) => job);
  const programs = by(({ program }) => program);
  const devices = by(({ device }) => device);
  const days = createMemo(() => {
    const day = dayIn(props.clock.zone ?? 'UTC');
    return sumsBy(props.calls, ({ at }) => day(at));
  });
  const some = (sums: readonly Sum[]): boolean => sums.some(({ key }) => key !== undefined);
  const part = (head: string, sums: readonly Sum[], name: (key: string) => JSX.Element, none = '') => (
    <Sums head={head} sums={sums} calls={props.calls} clock={props.clock} name={name} none={none} />
  );
  return (
    <div class="cols-2">
      <div class="stack">
        {part('Agent', dearestFirst(agents()), (actor) => (
          <Actor actor={actor} />
        ))}
        <Show when={some(jobs())}>
          {part(
            'Job',
            dearestFirst(jobs()),
            (path) => (
              <a href={href({ room: 'files', path })}>{nameOf(path).replace(/\.md$/, '')}</a>
            ),
            'no job',
          )}
        </Show>
        <Show when={some(programs())}>
          {part(
            'Program',
            dearestFirst(programs()),
            (name) => (
              <a href={href({ room: 'programs', name })}>{name}</a>
            ),
            'no program',
          )}
        </Show>
        <Show when={devices().length > 1}>
          {part('Device', dearestFirst(devices()), (device) =>
            device === props.device ? 'this device' : <span class="mono">{device.slice(0, 8)}</span>,
          )}
        </Show>
      </div>
      {/* A day's key is a date already: read in UTC, it stays that date. */}
      {part('Day', days(), (day) => longDate(day, { now: props.clock.now, zone: 'UTC' }))}
    </div>
  );
}

function Sums(props: {
  head: string;
  sums: readonly Sum[];
  calls: readonly Call[];
  clock: Clock;
  name: (key: string) => JSX.Element;
  none: string;
}) {
  return (
    <Card flush title={`By ${props.head.toLowerCase()}`}>
      <Table
        label={`Spent by ${props.head.toLowerCase()}`}
        rows={props.sums}
        columns={[
          {
            key: 'name',
            head: props.head,
            names: true,
            cell: ({ key }) => (key === undefined ? <span class="faint">{props.none}</span> : props.name(key)),
          },
          { key: 'runs', head: 'Runs', num: true, cell: ({ runs }) => count(runs) },
          { key: 'calls', head: 'Calls', num: true, cell: ({ calls }) => count(calls) },
          { key: 'spent', head: 'Spent', num: true, cell: ({ nano }) => money(usdOf(nano)) },
        ]}
        total={[
          monthName(props.clock.now, props.clock),
          count(new Set(props.calls.map(({ run }) => run)).size),
          count(props.calls.length),
          money(usdOf(spentOn(props.calls))),
        ]}
      />
    </Card>
  );
}
