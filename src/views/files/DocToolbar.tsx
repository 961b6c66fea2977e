/** DocToolbar: where the document is, how it is looked at, and what can be done with it. */
import { For, Show } from 'solid-js';
import { isUnder, nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { go, href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Menu, type MenuProps } from '../../ui/Menu.tsx';
import { Seg } from '../../ui/Seg.tsx';
import type { Asked } from './acts.ts';
import { crumbs, movable, writable } from './places.ts';

export interface DocToolbarProps {
  path: Path;
  at: string | undefined;
  kind: 'folder' | 'file' | 'missing';
  /** Its lines have authors to show. */
  authored: boolean;
  blame: boolean;
  onBlame: (on: boolean) => void;
  onWhy: () => void;
  onAsk: (asked: Asked) => void;
  onDownload: () => void;
  sideOpen: boolean;
  onSide: (open: boolean) => void;
}

export function DocToolbar(props: DocToolbarProps) {
  const folder = () => props.kind === 'folder';
  const steps = () => crumbs(props.path);
  const items = (): MenuProps['items'] => {
    const { path } = props;
    const kind = folder() ? 'dir' : 'file';
    const list: MenuProps['items'][number][] = [];
    if (folder() && path !== '/' && !isUnder(path, '/proc'))
      list.push({
        label: 'Search in this folder',
        icon: 'search',
        onRun: () => go({ room: 'search', ...(path === '/workspace' ? {} : { under: path }) }),
      });
    if (folder() && writable(path)) {
      list.push(
        { label: 'New file here', icon: 'plus', onRun: () => props.onAsk({ act: 'file', folder: path }) },
        { label: 'New folder here', icon: 'folder', onRun: () => props.onAsk({ act: 'folder', folder: path }) },
      );
    }
    if (props.kind === 'file' || props.at !== undefined)
      list.push({ label: 'Download', icon: 'download', onRun: props.onDownload });
    if (movable(path) && props.kind !== 'missing' && props.at === undefined) {
      list.push({
        label: 'Rename or move',
        icon: 'pen',
        kbd: 'F2',
        onRun: () => props.onAsk({ act: 'move', path, kind }),
      });
      list.push({
        label: 'Remove',
        icon: 'trash',
        kbd: 'Del',
        stop: true,
        rule: true,
        onRun: () => props.onAsk({ act: 'remove', path, kind }),
      });
    }
    return list;
  };
  return (
    <div class="toolbar">
      <Button class="only-phone" small variant="quiet" icon="files" label="Tree" href={href({ room: 'files' })} />
      <h2 class="path clip grow plain doc-path" title={props.path}>
        <For each={steps()}>
          {(step, index) => (
            <Show when={index() < steps().length - 1} fallback={<strong aria-current="page">{step.name}</strong>}>
              <span class="only-wide">
                <a href={href({ room: 'files', path: step.path })}>{step.name}</a>/
              </span>
            </Show>
          )}
        </For>
      </h2>
      <Show when={props.authored}>
        <Button
          small
          variant="quiet"
          label="Who wrote this line"
          title="Who wrote the line with the caret (Alt W; W where nothing can be typed)"
          onClick={() => props.onWhy()}
        >
          Who
        </Button>
        <Seg
          label="View"
          value={props.blame ? 'blame' : 'plain'}
          onChange={(value) => props.onBlame(value === 'blame')}
          options={[
            { value: 'blame', label: 'Blame', said: 'Blame: with authors' },
            { value: 'plain', label: 'Plain' },
          ]}
        />
      </Show>
      <Show when={!folder()}>
        <Button
          class="only-middle"
          small
          variant="quiet"
          icon="clock"
          label="History"
          pressed={props.sideOpen}
          onClick={() => props.onSide(!props.sideOpen)}
        />
      </Show>
      <Show when={items().length > 0}>
        <Menu label={`${nameOf(props.path)}: more`} items={items()} />
      </Show>
    </div>
  );
}
