/**
 * Home: a new workspace's first steps, or the surfaces of its active programs under one sentence that says what needs
 * the operator. The compositor is fetched only when there is something to compose.
 */
import { createMemo, lazy, Match, Show, Suspense, Switch } from 'solid-js';
import { createNow } from '../../client/now.ts';
import { createInstalled } from '../../client/records.ts';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { clockTime, longDate } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import { FirstRun } from './FirstRun.tsx';
import { JournalSoFar } from './JournalSoFar.tsx';
import { Today } from './Today.tsx';
import { WhatRunsWhen } from './WhatRunsWhen.tsx';

const Surfaces = lazy(async () => ({ default: (await import('./Surfaces.tsx')).Surfaces }));

export function Home() {
  const installed = createInstalled();
  const now = createNow();
  const anyActive = createMemo(() => installed.value()?.some((program) => program.state === 'active'));
  const sub = () =>
    anyActive() ? `${longDate(now(), { now: now() })}, ${clockTime(now(), { now: now() })}` : 'A new workspace';
  return (
    <Room title="Home" sub={<Show when={anyActive() !== undefined}>{sub()}</Show>}>
      <Switch fallback={<Skeleton label="Opening your workspace" lines={[60, 90, 80, 40]} />}>
        <Match when={installed.error()}>
          {(error) => (
            <ErrorCard
              title="Home cannot say which programs are active"
              code={error().code}
              safe="Files, Inbox and the shell work as before."
            >
              {error().message}
            </ErrorCard>
          )}
        </Match>
        <Match when={anyActive() === true}>
          <Today />
          <Suspense fallback={<Skeleton label="Opening the surfaces" lines={[40, 90, 90, 70]} />}>
            <Surfaces programs={installed.value() ?? []} />
          </Suspense>
          <div class="cols-2 mt-6">
            <JournalSoFar />
            <WhatRunsWhen />
          </div>
        </Match>
        <Match when={anyActive() === false}>
          <div class="stack gap-6 narrow">
            <FirstRun installed={installed.value() ?? []} />
            <div class="cols-2">
              <JournalSoFar />
              <WhatRunsWhen />
            </div>
          </div>
        </Match>
      </Switch>
    </Room>
  );
}
