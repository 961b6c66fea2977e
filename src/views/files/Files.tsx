/**
 * Files: the tree, a document, and what is known of it. On a phone the tree is a page of its own. The address says which
 * file, which version and which line; nothing else about the room is kept in it.
 */
import './files.css';
import { createSignal, Show } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import { parentOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { createLive, fromJson } from '../../client/live.ts';
import { go, href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { plural } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import type { Asked } from './acts.ts';
import { FileDialog } from './FileDialog.tsx';
import { FilePane } from './FilePane.tsx';
import { FileTree } from './FileTree.tsx';
import { movable, writable } from './places.ts';
import { createTreeModel } from './tree-model.ts';

const BLAME_KEPT = 'allod:blame';

const keptBlame = (): boolean => {
  try {
    return localStorage.getItem(BLAME_KEPT) !== 'off';
  } catch {
    return true;
  }
};

export function Files(props: { path?: string; at?: string; line?: number }) {
  const model = createTreeModel();
  const counts = createCounts();
  const [asked, setAsked] = createSignal<Asked>();
  const [made, setMade] = createSignal<Path>();
  const [side, setSide] = createSignal(false);
  const [blame, setBlame] = createSignal(keptBlame());
  const keepBlame = (on: boolean) => {
    setBlame(on);
    try {
      localStorage.setItem(BLAME_KEPT, on ? 'on' : 'off');
    } catch {
      // A private window forgets the choice.
    }
  };
  const open = (path: Path) => go({ room: 'files', path });
  /** Where something new goes: beside what is open, when that can be written. */
  const here = (): Path => {
    const { path } = props;
    if (path === undefined || !movable(path)) return '/workspace';
    return model.listed().has(path) ? path : parentOf(path);
  };
  const kindOf = (path: Path) =>
    model
      .listed()
      .get(parentOf(path))
      ?.find((stat) => stat.path === path)?.kind === 'dir'
      ? 'dir'
      : 'file';

  return (
    <Room
      bare
      title="Files"
      sub={counts()}
      actions={
        <>
          <Button
            class="only-wide"
            small
            variant="quiet"
            icon="search"
            label="Search in files"
            title="Search all files (Ctrl Shift F)"
            href={href({ room: 'search' })}
          />
          <Button small icon="plus" onClick={() => setAsked({ act: 'file', folder: here() })}>
            New file
          </Button>
          <Menu
            label="More for files"
            items={[{ label: 'New folder', icon: 'folder', onRun: () => setAsked({ act: 'folder', folder: here() }) }]}
          />
        </>
      }
    >
      <div class="files-room">
        <div class="cols-files" classList={{ 'is-tree': props.path === undefined, 'is-side': side() }}>
          <FileTree
            model={model}
            selected={props.path}
            onOpen={open}
            onRename={(path) => setAsked({ act: 'move', path, kind: kindOf(path) })}
            onRemove={(path) => setAsked({ act: 'remove', path, kind: kindOf(path) })}
          />
          <Show
            keyed
            when={props.path}
            fallback={
              <section class="doc" aria-label="No file open">
                <div class="pad">
                  <h2 class="vh">Document</h2>
                  <Empty
                    title="No file is open"
                    action={
                      <Button icon="plus" onClick={() => setAsked({ act: 'file', folder: '/workspace' })}>
                        New file
                      </Button>
                    }
                  >
                    Choose one in the tree. The mark at the right of each file says who wrote it last.
                  </Empty>
                </div>
              </section>
            }
          >
            {(path) => (
              <FilePane
                path={path}
                at={props.at}
                line={props.line}
                fresh={made() === path}
                blame={blame()}
                onBlame={keepBlame}
                onAsk={(what) =>
                  setAsked('folder' in what && !writable(what.folder) ? { ...what, folder: '/workspace' } : what)
                }
                sideOpen={side()}
                onSide={setSide}
              />
            )}
          </Show>
        </div>
      </div>
      <FileDialog
        asked={asked()}
        onClose={() => setAsked(undefined)}
        onMade={setMade}
        onChanged={(path) => model.refresh(parentOf(path))}
      />
    </Room>
  );
}

/** "412 files, 3,806 entries". */
const createCounts = () => {
  const client = useClient();
  const kernel = createLive<{ files: number; entries: number }>(
    () => ['/workspace/**', '/programs/**'],
    async (): Promise<Result<{ files: number; entries: number }>> => {
      const read = await client.stub.read('/proc/kernel', { as: 'text' });
      if (!read.ok) return read;
      const value = fromJson(read.value.content) as { files?: unknown; entries?: unknown } | undefined;
      return ok({ files: Number(value?.files ?? 0), entries: Number(value?.entries ?? 0) });
    },
  );
  return () => {
    const value = kernel.value();
    return value && `${plural(value.files, 'file')}, ${plural(value.entries, 'entry', 'entries')}`;
  };
};
