/** ExactChanges: each change of a proposal with its lines, against what stands now; after it was done, against its base. */
import { createSignal, For, Show } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import { changePaths, type Change } from '../../../kernel/protocol/files.ts';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { createLive, literal, type Live } from '../../client/live.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Diff } from '../../ui/Diff.tsx';
import { Diffstat } from '../../ui/Diffstat.tsx';
import { Effect } from '../../ui/Effect.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { plural } from '../../ui/words.ts';
import { opWords, previewChanges, type FileNow, type Preview } from './preview.ts';

const FIRST = 40;

/** What approving would change, followed: a file that changes meanwhile changes the preview. */
export const createPreview = (changes: () => readonly Change[] | undefined): Live<Preview[]> => {
  const client = useClient();
  const read = async (path: Path): Promise<FileNow> => {
    const found = await client.stub.read(path);
    if (!found.ok) return undefined;
    const { content, stat } = found.value;
    return { revision: stat.revision, ...(typeof content === 'string' ? { text: content } : {}) };
  };
  return createLive(
    () => changes()?.flatMap(changePaths).map(literal),
    async (): Promise<Result<Preview[]>> => ok(await previewChanges(changes() ?? [], read)),
  );
};

/** What was proposed, against the version it was bound to: for a proposal that nobody can approve any more. */
export const createPast = (changes: () => readonly Change[] | undefined): Live<Preview[]> => {
  const client = useClient();
  const based = (path: Path): string | null | undefined => {
    const put = changes()?.find((change) => change.op === 'put' && change.path === path);
    return put?.op === 'put' ? put.base : undefined;
  };
  const read = async (path: Path): Promise<FileNow> => {
    const base = based(path);
    if (typeof base !== 'string') return undefined;
    const found = await client.stub.read(path, { at: base });
    return found.ok && typeof found.value.content === 'string'
      ? { revision: base, text: found.value.content }
      : undefined;
  };
  const load = async (): Promise<Result<Preview[]>> => {
    const shown = await previewChanges(changes() ?? [], read);
    // It is over: whether it would still fit is no question any more.
    return ok(shown.map(({ problem: _problem, ...rest }) => rest));
  };
  return createLive(() => changes()?.flatMap(changePaths).map(literal), load);
};

export function ExactChanges(props: { previews: Live<Preview[]>; count: number }) {
  const [shown, setShown] = createSignal(FIRST);
  return (
    <Show when={props.previews.value()} fallback={<Skeleton label="Comparing with what stands now" />}>
      {(previews) => (
        <div class="stack-s">
          <For each={previews().slice(0, shown())}>{(preview) => <ExactChange preview={preview} />}</For>
          <Show when={previews().length > shown()}>
            <Button small onClick={() => setShown(previews().length)}>
              Show the other {plural(previews().length - shown(), 'change')}
            </Button>
          </Show>
        </div>
      )}
    </Show>
  );
}

function ExactChange(props: { preview: Preview }) {
  const lines = () => ((props.preview.diff?.hunks.length ?? 0) > 0 ? props.preview.diff : undefined);
  return (
    <div>
      <p class="row row-wrap t13 mb-2">
        <span>{opWords[props.preview.op]}</span>
        <a class="path" href={href({ room: 'files', path: props.preview.path })}>
          {props.preview.path}
        </a>
        <Show when={props.preview.to}>
          {(to) => (
            <>
              <span>to</span> <span class="path">{to()}</span>
            </>
          )}
        </Show>
        <Show when={lines()}>{(diff) => <Diffstat add={diff().add} del={diff().del} />}</Show>
      </p>
      <Show when={props.preview.problem}>
        {(problem) => (
          <p class="small wait-ink row top-line mb-2">
            <Icon name="warn" />
            <span>{problem()}</span>
          </p>
        )}
      </Show>
      <Show when={props.preview.unseen}>{(words) => <p class="small faint">{words()}</p>}</Show>
      <Show when={lines()}>
        {(diff) => (
          <Effect>
            <Diff label={`${opWords[props.preview.op]} ${props.preview.path}`} hunks={diff().hunks} />
          </Effect>
        )}
      </Show>
      <Show when={props.preview.diff && !lines()}>
        <p class="small faint">The content stays the same.</p>
      </Show>
    </div>
  );
}
