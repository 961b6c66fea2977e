/**
 * Tree: files and folders in a margin-marked list. The caller gives the visible rows in order and says when a
 * folder opens, so a folder's content can be fetched when first asked for. Focus stays on the tree and the active row
 * is named by `aria-activedescendant`; therefore rows off screen need not exist: pass `window` to draw a slice.
 */
import { createEffect, createSignal, createUniqueId, For, on } from 'solid-js';
import { cssVar } from './css-var.ts';
import { TreeItem, type TreeRow } from './TreeItem.tsx';

/** The drawn slice: rows [from, to) and the pixels that stand for the rest. */
export interface TreeWindow {
  from: number;
  to: number;
  before: number;
  after: number;
}

export interface TreeProps {
  label: string;
  rows: readonly TreeRow[];
  /** Id of the opened row. */
  selected?: string;
  onSelect: (row: TreeRow) => void;
  onToggle: (row: TreeRow) => void;
  /** Context menu, or the Menu key, on a row. */
  onMenu?: (row: TreeRow, at: { x: number; y: number }) => void;
  /** Any other key on the active row: F2, Delete. */
  onKey?: (row: TreeRow, event: KeyboardEvent) => void;
  window?: TreeWindow;
  /** The active row left the window: scroll it into view. */
  onReveal?: (index: number) => void;
  ref?: (el: HTMLUListElement) => void;
}

const TYPE_AHEAD_MS = 600;

export function Tree(props: TreeProps) {
  const base = createUniqueId();
  const [active, setActive] = createSignal<string>();
  let list!: HTMLUListElement;
  let typed = '';
  let typedAt = 0;

  const index = () => {
    const id = active() ?? props.selected;
    return Math.max(
      0,
      props.rows.findIndex((row) => row.id === id),
    );
  };
  const drawn = () => (props.window ? props.rows.slice(props.window.from, props.window.to) : props.rows);
  const idOf = (row: TreeRow | undefined) => (row ? `${base}-${row.id}` : undefined);
  const go = (to: number) => {
    const row = props.rows[to];
    if (!row) return;
    setActive(row.id);
    const slice = props.window;
    if (slice && (to < slice.from || to >= slice.to)) props.onReveal?.(to);
    else document.getElementById(`${base}-${row.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  const parentOf = (at: number) => {
    const depth = props.rows[at]?.depth ?? 0;
    for (let up = at - 1; up >= 0; up -= 1) if ((props.rows[up]?.depth ?? 0) < depth) return up;
    return -1;
  };
  const typeAhead = (letter: string, at: number, now: number) => {
    typed = now - typedAt > TYPE_AHEAD_MS ? letter : typed + letter;
    typedAt = now;
    const order = [...props.rows.keys()].map((n) => (n + at + (typed.length === 1 ? 1 : 0)) % props.rows.length);
    return order.find((n) => props.rows[n]?.name.toLowerCase().startsWith(typed)) ?? -1;
  };
  const key = (event: KeyboardEvent) => {
    const at = index();
    const row = props.rows[at];
    // A field inside a row (a rename) keeps its own keys.
    if (!row || event.target !== list || event.ctrlKey || event.metaKey || event.altKey) return;
    const folder = row.expanded !== undefined;
    let handled = true;
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(props.rows.length - 1);
    else if (event.key === 'ArrowRight') {
      if (folder && !row.expanded) props.onToggle(row);
      else if (folder && (props.rows[at + 1]?.depth ?? 0) > row.depth) go(at + 1);
    } else if (event.key === 'ArrowLeft') {
      if (folder && row.expanded) props.onToggle(row);
      else go(parentOf(at));
    } else if (event.key === 'Enter' || event.key === ' ') {
      setActive(row.id);
      if (folder) props.onToggle(row);
      else props.onSelect(row);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = document.getElementById(`${base}-${row.id}`)?.getBoundingClientRect();
      if (props.onMenu && box) props.onMenu(row, { x: box.left + 24, y: box.bottom });
    } else if (event.key.length === 1) go(typeAhead(event.key.toLowerCase(), at, event.timeStamp));
    else {
      handled = false;
      props.onKey?.(row, event);
    }
    if (handled) event.preventDefault();
  };

  createEffect(
    on(
      () => props.selected,
      (id) => id !== undefined && setActive(id),
      { defer: true },
    ),
  );

  return (
    <ul
      ref={(el) => {
        list = el;
        cssVar(el, '--before', () => props.window && `${props.window.before}px`);
        cssVar(el, '--after', () => props.window && `${props.window.after}px`);
        props.ref?.(el);
      }}
      class="tree"
      role="tree"
      tabindex="0"
      aria-label={props.label}
      aria-activedescendant={idOf(drawn().find((row) => row === props.rows[index()]))}
      onKeyDown={key}
    >
      <For each={drawn()}>
        {(row) => (
          <TreeItem
            row={row}
            id={`${base}-${row.id}`}
            selected={row.id === props.selected}
            active={row === props.rows[index()]}
            onPress={() => {
              setActive(row.id);
              list.focus();
              if (row.expanded === undefined) props.onSelect(row);
              else props.onToggle(row);
            }}
            onMenu={(at) => {
              setActive(row.id);
              props.onMenu?.(row, at);
            }}
          />
        )}
      </For>
    </ul>
  );
}
