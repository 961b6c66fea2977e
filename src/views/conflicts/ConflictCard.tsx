/** ConflictCard: one conflict: what happened, the sides there are, and the ways to settle it. */
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import type { Conflict } from '../../../kernel/protocol/formats/records.ts';
import { nameOf, parentOf } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createList, createLive, literal } from '../../client/live.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { bytes, relativeDay } from '../../ui/words.ts';
import type { Asked } from '../files/acts.ts';
import { ChangeWords } from '../files/ChangeWords.tsx';
import { keepAsIs, restoreVersion } from '../files/restore.ts';
import { diffTexts, textAt, type VersionDiff } from '../files/versions.ts';
import { actsFor, contestedPath, TITLES, type Act } from './settle.ts';

export interface ConflictCardProps {
  conflict: Conflict;
  /** Rename or remove it: the dialog is the page's. */
  onAsk: (asked: Asked) => void;
}

export function ConflictCard(props: ConflictCardProps) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal<Act>();
  const [failed, setFailed] = createSignal<string>();
  const beside = createList(() => parentOf(props.conflict.path));
  const here = () => beside.value()?.find(({ path }) => path === props.conflict.path);
  const sides = (listed: readonly Stat[]) => {
    const { path } = props.conflict;
    return listed.filter((stat) => stat.path === path || stat.path === contestedPath(path));
  };
  const acts = () => actsFor(props.conflict, here() !== undefined);
  const clock = () => ({ now: Date.now() });

  const settle = async (act: 'keep' | 'other'): Promise<void> => {
    const { path, revision } = props.conflict;
    setBusy(act);
    setFailed(undefined);
    const done =
      act === 'other' && revision !== undefined
        ? await restoreVersion(client.stub, path, { id: revision }, 'the other side of a conflict')
        : await keepAsIs(client.stub, path);
    setBusy(undefined);
    if (!done.ok) return void setFailed(done.error.message);
    desk.say(act === 'other' ? `${nameOf(path)} now shows the other content.` : `${nameOf(path)} stays as it is.`);
  };
  const ask = (act: 'move' | 'remove') => props.onAsk({ act, path: props.conflict.path, kind: here()?.kind ?? 'file' });

  return (
    <Card
      title={nameOf(props.conflict.path)}
      foot={{
        actor: props.conflict.by,
        items: [relativeDay(props.conflict.at, clock()), <span class="path">{props.conflict.path}</span>],
      }}
    >
      <div class="stack-s">
        <p>
          <Chip tone="wait" icon="fork">
            {TITLES[props.conflict.kind]}
          </Chip>
        </p>
        <p class="t13">{props.conflict.words}</p>
        <Switch>
          <Match when={props.conflict.kind === 'content' && props.conflict.revision}>
            {(revision) => <BothContents conflict={props.conflict} revision={revision()} />}
          </Match>
          <Match when={props.conflict.kind === 'name' && beside.value()}>
            {(listed) => (
              <ul class="list conflict-sides" aria-label="Both files">
                <For each={sides(listed())}>{(stat) => <Side stat={stat} />}</For>
              </ul>
            )}
          </Match>
        </Switch>
        <div class="btn-row">
          <Show when={acts().includes('keep')}>
            <Button small icon="check" busy={busy() === 'keep'} onClick={() => void settle('keep')}>
              {props.conflict.kind === 'content' ? 'Keep what is shown' : 'Keep as it is'}
            </Button>
          </Show>
          <Show when={acts().includes('other')}>
            <Button small icon="undo" busy={busy() === 'other'} onClick={() => void settle('other')}>
              Take the other
            </Button>
          </Show>
          <Show when={acts().includes('rename')}>
            <Button small variant="quiet" icon="pen" onClick={() => ask('move')}>
              Rename
            </Button>
          </Show>
          <Show when={acts().includes('remove')}>
            <Button small variant="quiet" icon="trash" onClick={() => ask('remove')}>
              Remove
            </Button>
          </Show>
          <Button small variant="quiet" icon="eye" href={href({ room: 'files', path: props.conflict.path })}>
            Open
          </Button>
        </div>
        <Show when={beside.value() && !here()}>
          <p class="small faint">Nothing stands at this path any more.</p>
        </Show>
        <Show when={failed()}>
          {(message) => (
            <p class="small fail-ink" role="alert">
              Not settled: {message()}
            </p>
          )}
        </Show>
      </div>
    </Card>
  );
}

function Side(props: { stat: Stat }) {
  return (
    <ListLine
      actor={props.stat.actor}
      title={nameOf(props.stat.path)}
      sub={`${readActor(props.stat.actor).name}, ${relativeDay(props.stat.at, { now: Date.now() })}, ${bytes(props.stat.size)}`}
      href={href({ room: 'files', path: props.stat.path })}
    />
  );
}

/** From the one that is not shown to the one that is. */
function BothContents(props: { conflict: Conflict; revision: string }) {
  const client = useClient();
  const diff = createLive<VersionDiff>(
    () => literal(props.conflict.path),
    async (): Promise<Result<VersionDiff>> => {
      const [other, shown] = await Promise.all([
        textAt(client, props.conflict.path, props.revision),
        textAt(client, props.conflict.path),
      ]);
      if (!other.ok) return other;
      return shown.ok ? ok(diffTexts(other.value, shown.value)) : shown;
    },
    () => props.revision,
  );
  return (
    <>
      <Show when={diff.value()}>
        {(found) => <ChangeWords diff={found()} label="Red: only in the other. Green: only in what is shown." />}
      </Show>
      <p class="small faint">
        Red stands in <a href={href({ room: 'files', path: props.conflict.path, at: props.revision })}>the other</a>{' '}
        only, green in what is shown only. Both stay in the history.
      </p>
    </>
  );
}
