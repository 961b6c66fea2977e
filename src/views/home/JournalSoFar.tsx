/** The newest changes of the workspace: who, what, why, when. The full history of a file is in Files. */
import { createMemo, For, Show } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Revision } from '../../../kernel/protocol/files.ts';
import { useClient } from '../../client/context.ts';
import { createFacts } from '../../client/facts.ts';
import { createLive, listAll } from '../../client/live.ts';
import { href } from '../../client/route.ts';
import { Ledger } from '../../ui/Ledger.tsx';
import { TimelineItem } from '../../ui/TimelineItem.tsx';
import { columnTime, plural } from '../../ui/words.ts';

const SHOWN = 6;

type Line = { revision: Revision; path: string; more: number };

/** One change set may make many files; it is one line with the number of the others. */
const bySet = (revisions: readonly Revision[]): Line[] => {
  const lines = new Map<string, Line>();
  for (const revision of revisions) {
    const set = revision.cause || `${revision.actor} ${revision.message} ${revision.at.slice(0, 19)}`;
    const line = lines.get(set);
    if (line) line.more += 1;
    else lines.set(set, { revision, path: revision.path, more: 0 });
  }
  return [...lines.values()];
};

const LOOKED_AT = 24;

export function JournalSoFar() {
  const client = useClient();
  const facts = createFacts();
  const newest = createLive(
    () => '/workspace/**',
    async (): Promise<Result<Line[]>> => {
      const listed = await listAll(client, '/workspace', 64);
      if (!listed.ok) return listed;
      const files = listed.value
        .filter((stat) => stat.kind === 'file')
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, LOOKED_AT);
      const histories = await Promise.all(
        files.map((stat) => client.stub.list(stat.path, { history: true, limit: 1 })),
      );
      const revisions = histories.flatMap((history) => (history.ok ? history.value.entries.slice(0, 1) : []));
      return ok(bySet(revisions.sort((a, b) => (a.at < b.at ? 1 : -1))).slice(0, SHOWN));
    },
  );
  const lines = createMemo(() => newest.value() ?? []);
  return (
    <section aria-labelledby="journal-so-far">
      <div class="h-sec">
        <h2 id="journal-so-far">The journal so far</h2>
        <Show when={facts.value()?.entries}>
          {(entries) => <span class="count">{plural(entries(), 'entry', 'entries')}</span>}
        </Show>
      </div>
      <div class="card">
        <Ledger label="Newest changes">
          <For
            each={lines()}
            fallback={<li class="pad small muted">{newest.loading() ? 'Reading.' : 'Nothing was written yet.'}</li>}
          >
            {({ revision, path, more }) => (
              <TimelineItem
                when={columnTime(revision.at, { now: Date.now() })}
                at={revision.at}
                actor={revision.actor}
                sub={
                  <>
                    <a class="path" href={href({ room: 'files', path })}>
                      {path.replace('/workspace/', '')}
                    </a>
                    {more > 0 ? ` and ${plural(more, 'other')}` : ''}
                  </>
                }
              >
                {revision.message}
              </TimelineItem>
            )}
          </For>
        </Ledger>
      </div>
      <p class="hint mt-3">Every change adds a line: who, why, in which run, at what cost. No line is ever removed.</p>
    </section>
  );
}
