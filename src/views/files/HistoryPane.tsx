/**
 * HistoryPane: what happened to a file, newest first. Opening a line shows what it changed and offers to bring the
 * version before it, or its own, back; that is a new revision, so nothing is lost by it.
 */
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import { useClient } from '../../client/context.ts';
import type { Live } from '../../client/live.ts';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Diffstat } from '../../ui/Diffstat.tsx';
import { Ledger } from '../../ui/Ledger.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { TimelineItem } from '../../ui/TimelineItem.tsx';
import { clockTime, columnTime, plural } from '../../ui/words.ts';
import { shortRun } from '../run-file.ts';
import { CompareDialog } from './CompareDialog.tsx';
import type { History } from './opened.ts';
import { groupRevisions, type RevisionGroup } from './revision-groups.ts';
import { RevisionChange } from './RevisionChange.tsx';
import { createVersions, type VersionDiff } from './versions.ts';

export interface HistoryPaneProps {
  path: string;
  history: Live<History>;
  /** The revision that the document pane shows. */
  at: string | undefined;
  writable: boolean;
  /** Nothing stands at the path now. */
  missing?: boolean;
}

const FIRST = 25;

export function HistoryPane(props: HistoryPaneProps) {
  const client = useClient();
  const now = createNow(30_000);
  const clock = () => ({ now: now() });
  const [shown, setShown] = createSignal(FIRST);
  const [chosen, setChosen] = createSignal<string>();
  const [comparing, setComparing] = createSignal<RevisionGroup>();
  const [diffs, setDiffs] = createSignal<ReadonlyMap<string, VersionDiff>>(new Map());

  const groups = createMemo<RevisionGroup[]>(
    (before) => sameGroups(before, groupRevisions(props.history.value()?.entries ?? [])),
    [],
  );
  const versions = createMemo(() => createVersions(client, props.path));
  /** As far as asked for, and at least to the version that is shown. */
  const most = () =>
    Math.max(shown(), 1 + groups().findIndex(({ revisions }) => revisions.some(({ id }) => id === props.at)));
  const visible = () => groups().slice(0, most());
  /** A group is known by its oldest revision too: typing on adds to it and must not close it. */
  const open = (group: RevisionGroup) => group.revisions.some(({ id }) => id === (chosen() ?? props.at));

  createEffect(
    on(
      () => props.at,
      () => setChosen(undefined),
      { defer: true },
    ),
  );
  createEffect(
    on([visible, versions], ([list, from]) => {
      for (const group of list) {
        const key = keyOf(group);
        if (diffs().has(key)) continue;
        void from.diff(group).then((diff) => {
          if (diff.ok) setDiffs((before) => new Map([...before, [key, diff.value]]));
        });
      }
    }),
  );

  return (
    <section aria-labelledby="file-history">
      <div class="side-top">
        <h2 id="file-history" class="side-head">
          History
        </h2>
        <Show when={groups().length > 1}>
          <Button small variant="quiet" icon="side" onClick={() => setComparing(groups()[0])}>
            Compare
          </Button>
        </Show>
      </div>
      <Show when={comparing()}>
        {(from) => (
          <CompareDialog
            path={props.path}
            groups={groups()}
            from={from()}
            versions={versions()}
            onClose={() => setComparing(undefined)}
          />
        )}
      </Show>
      <Show
        when={props.history.value()}
        fallback={
          <div class="pad">
            <Skeleton label="Reading the history" />
          </div>
        }
      >
        <Ledger label={`History of ${props.path}`}>
          <For each={visible()}>
            {(group) => (
              <>
                <TimelineItem
                  when={columnTime(group.newest.at, clock())}
                  at={group.newest.at}
                  actor={group.newest.actor}
                  sub={<Sub group={group} clock={clock()} />}
                  cost={<Stat diff={diffs().get(keyOf(group))} />}
                  current={open(group)}
                  onOpen={() => setChosen(open(group) ? '' : group.oldest.id)}
                >
                  {group.newest.message}
                </TimelineItem>
                <Show when={open(group)}>
                  <li class="ledger-open" ref={(el) => queueMicrotask(() => el.scrollIntoView({ block: 'nearest' }))}>
                    <RevisionChange
                      {...props}
                      group={group}
                      diff={diffs().get(keyOf(group))}
                      first={group === groups()[0]}
                      {...(groups().length > 1 ? { onCompare: setComparing } : {})}
                    />
                  </li>
                </Show>
              </>
            )}
          </For>
        </Ledger>
        <Show when={groups().length > most()}>
          <div class="pad">
            <Button small variant="quiet" onClick={() => setShown(most() + 100)}>
              Show {plural(Math.min(100, groups().length - most()), 'older entry', 'older entries')}
            </Button>
          </div>
        </Show>
      </Show>
    </section>
  );
}

/** Groups that did not change stay the same objects, so that what is drawn and focused stays. */
const sameGroups = (before: readonly RevisionGroup[], now: RevisionGroup[]): RevisionGroup[] => {
  const known = new Map(before.map((group) => [keyOf(group), group]));
  return now.map((group) => {
    const old = known.get(keyOf(group));
    return old?.before?.id === group.before?.id ? (old ?? group) : group;
  });
};

const keyOf = (group: RevisionGroup): string => `${group.oldest.id}-${group.newest.id}`;

function Stat(props: { diff: VersionDiff | undefined }) {
  const counts = () => {
    const { diff } = props;
    return diff && 'add' in diff && diff.add + diff.del > 0 ? diff : undefined;
  };
  return <Show when={counts()}>{(diff) => <Diffstat add={diff().add} del={diff().del} />}</Show>;
}

function Sub(props: { group: RevisionGroup; clock: { now: number } }) {
  const span = () => {
    const { revisions, oldest } = props.group;
    return revisions.length > 1
      ? `, ${plural(revisions.length, 'revision')} since ${clockTime(oldest.at, props.clock)}`
      : '';
  };
  return (
    <>
      {readActor(props.group.newest.actor).name}
      <Show when={props.group.newest.run}>
        {(run) => (
          <>
            ,{' '}
            <a class="mono" href={href({ room: 'agents', run: run() })}>
              run {shortRun(run())}
            </a>
          </>
        )}
      </Show>
      {span()}
    </>
  );
}
