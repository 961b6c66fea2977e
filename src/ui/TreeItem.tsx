/** TreeItem: one row of a Tree: depth, folder or file, who wrote it last, and what is unusual about it. */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';
import { cssVar } from './css-var.ts';
import { Icon } from './Icon.tsx';

export interface TreeRow {
  /** Stable and unique in the tree; a path will do. */
  id: string;
  name: string;
  /** 0 for a root. */
  depth: number;
  /** Present on a folder: whether it is open. */
  expanded?: boolean;
  /** The folder's content is being fetched. */
  busy?: boolean;
  /** Last author of a file. */
  actor?: string;
  /** Devices disagreed about it, and nobody has looked yet. */
  conflict?: boolean;
  /** Quiet words at the right: "read only", "live". */
  note?: string;
  /** Position among its siblings, counted from 1, and their number; for slices. */
  place?: readonly [position: number, of: number];
  /** In place of the name, for a rename in place. */
  edit?: JSX.Element;
}

interface TreeItemProps {
  row: TreeRow;
  id: string;
  selected: boolean;
  active: boolean;
  onPress: () => void;
  onMenu: (at: { x: number; y: number }) => void;
}

export function TreeItem(props: TreeItemProps) {
  const folder = () => props.row.expanded !== undefined;
  return (
    <li
      id={props.id}
      role="treeitem"
      classList={{ 'is-active': props.active }}
      aria-level={props.row.depth + 1}
      aria-expanded={props.row.expanded}
      aria-selected={props.selected}
      aria-busy={props.row.busy ? 'true' : undefined}
      aria-posinset={props.row.place?.[0]}
      aria-setsize={props.row.place?.[1]}
      onClick={() => {
        if (!props.row.edit) props.onPress();
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <div class="t-row" ref={(el) => cssVar(el, '--d', () => props.row.depth)}>
        <Show when={folder()} fallback={<span />}>
          <Icon name={props.row.expanded ? 'down' : 'right'} />
        </Show>
        <Icon name={folder() ? 'folder' : 'file'} />
        <Show when={props.row.edit} fallback={<span class="clip">{props.row.name}</span>}>
          {(edit) => edit()}
        </Show>
        <Show
          when={props.row.conflict}
          fallback={
            <Show when={props.row.actor} fallback={<span class="faint t11">{props.row.note}</span>}>
              {(actor) => <ActorMark actor={actor()} label={`last by ${readActor(actor()).name}`} />}
            </Show>
          }
        >
          <span class="wait-ink t11 row">
            <Icon name="fork" label="devices disagreed about it" />
          </span>
        </Show>
      </div>
    </li>
  );
}
