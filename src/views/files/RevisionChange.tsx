/**
 * RevisionChange: what one line of the history changed, and the ways back: the version before it, or its own. Each is a
 * new revision, so nothing is lost by it.
 */
import { createSignal, Show } from 'solid-js';
import type { Revision } from '../../../kernel/protocol/files.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { relativeDay } from '../../ui/words.ts';
import type { RevisionGroup } from './revision-groups.ts';
import { UndoRun } from '../UndoRun.tsx';
import { shortRun } from '../run-file.ts';
import { ChangeWords } from './ChangeWords.tsx';
import { restoreVersion } from './restore.ts';
import type { VersionDiff } from './versions.ts';

export interface RevisionChangeProps {
  path: string;
  /** The revision that the document pane shows. */
  at: string | undefined;
  writable: boolean;
  /** Nothing stands at the path now. */
  missing?: boolean;
  group: RevisionGroup;
  diff: VersionDiff | undefined;
  /** The newest line of the history. */
  first: boolean;
  /** Compare this version with another. */
  onCompare?: (group: RevisionGroup) => void;
}

export function RevisionChange(props: RevisionChangeProps) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal(false);
  const [undoing, setUndoing] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  const removal = () => props.group.newest.op === 'remove';
  /** The newest line is what the file holds now, unless the file is gone. */
  const offersOwn = () => !removal() && (!props.first || props.missing === true);

  const restore = async (revision: Revision) => {
    setBusy(true);
    setFailed(undefined);
    const when = relativeDay(revision.at, { now: Date.now() });
    const done = await restoreVersion(client.stub, props.path, revision, `the version of ${when}`);
    setBusy(false);
    if (!done.ok) return setFailed(done.error.message);
    desk.say(`The version of ${when} is back. What stood before it is in the history.`);
    location.hash = href({ room: 'files', path: props.path });
  };

  return (
    <div class="stack-s">
      <Show when={props.diff} fallback={<Skeleton lines={[90, 70]} label="Comparing" />}>
        {(diff) => (
          <ChangeWords
            diff={diff()}
            label={`Changed ${relativeDay(props.group.newest.at, { now: Date.now() })}`}
            moved={movedFrom(props.group)}
          />
        )}
      </Show>
      <div class="btn-row">
        <Show when={!removal() && props.at !== props.group.newest.id}>
          <Button
            small
            variant="quiet"
            icon="eye"
            href={href({ room: 'files', path: props.path, at: props.group.newest.id })}
          >
            Open this version
          </Button>
        </Show>
        <Show when={props.onCompare}>
          {(compare) => (
            <Button small variant="quiet" icon="side" onClick={() => compare()(props.group)}>
              Compare with another
            </Button>
          )}
        </Show>
        <Show when={props.writable && props.group.before?.op !== 'remove' && props.group.before}>
          {(before) => (
            <Button small icon="undo" busy={busy()} onClick={() => void restore(before())}>
              Restore the version before
            </Button>
          )}
        </Show>
        <Show when={props.writable && offersOwn()}>
          <Button small icon="undo" busy={busy()} onClick={() => void restore(props.group.newest)}>
            Restore this version
          </Button>
        </Show>
        <Show when={props.group.newest.run}>
          {(run) => (
            <Button small variant="quiet" icon="undo" onClick={() => setUndoing(true)}>
              Undo what run {shortRun(run())} did
            </Button>
          )}
        </Show>
      </div>
      <UndoRun run={props.group.newest.run ?? ''} open={undoing()} onClose={() => setUndoing(false)} />
      <Show when={failed()}>
        <p class="small fail-ink" role="alert">
          Not restored: {failed()}
        </p>
      </Show>
    </div>
  );
}

const movedFrom = (group: RevisionGroup): string | undefined =>
  group.newest.op === 'move' && group.before && group.before.path !== group.newest.path ? group.before.path : undefined;
