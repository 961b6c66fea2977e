/**
 * FileTree: every file there is, a folder at a time, each with the mark of who wrote it last. Long trees draw only the
 * rows in sight. A key on a row (F2, Delete) and the row's menu ask the room to do it.
 */
import { createVirtualizer } from '@tanstack/solid-virtual';
import { createEffect, createMemo, createSignal, on } from 'solid-js';
import { isUnder, type Path } from '../../../kernel/protocol/paths.ts';
import { go } from '../../client/route.ts';
import { ContextMenu } from '../../ui/ContextMenu.tsx';
import type { MenuItem } from '../../ui/MenuList.tsx';
import { Tree } from '../../ui/Tree.tsx';
import type { TreeRow } from '../../ui/TreeItem.tsx';
import { movable } from './places.ts';
import type { TreeModel } from './tree-model.ts';
import { treeRows, unchanged } from './tree-rows.ts';

export interface FileTreeProps {
  model: TreeModel;
  selected: Path | undefined;
  onOpen: (path: Path) => void;
  onRename: (path: Path) => void;
  onRemove: (path: Path) => void;
}

/** Below this many rows all are drawn: nothing is gained and find-in-page still sees them. */
const ALL = 200;
const AROUND = 12;
const ROW_PX = 28;
const ROW_PX_PHONE = 40;

export function FileTree(props: FileTreeProps) {
  const rows = createMemo<readonly TreeRow[]>(
    (before) => unchanged(before, treeRows(props.model.listed(), props.model.open())),
    [],
  );
  const [pane, setPane] = createSignal<HTMLElement | null>(null);
  const phone = matchMedia('(max-width: 899.98px)');
  const row = () => (phone.matches ? ROW_PX_PHONE : ROW_PX);
  const virtual = createVirtualizer({
    get count() {
      return rows().length;
    },
    getScrollElement: pane,
    estimateSize: row,
    overscan: AROUND,
  });
  const slice = createMemo(() => {
    if (rows().length <= ALL) return undefined;
    const items = virtual.getVirtualItems();
    const [first] = items;
    const last = items.at(-1);
    if (!first || !last) return { from: 0, to: AROUND, before: 0, after: (rows().length - AROUND) * row() };
    return { from: first.index, to: last.index + 1, before: first.start, after: virtual.getTotalSize() - last.end };
  });

  const [menu, setMenu] = createSignal<{ row: TreeRow; at: { x: number; y: number } }>();
  const items = (): MenuItem[] => {
    const row = menu()?.row;
    if (!row) return [];
    const { id } = row;
    const folder = row.expanded !== undefined;
    return [
      { label: 'Open', icon: 'eye', onRun: () => props.onOpen(id) },
      ...(folder && !isUnder(id, '/proc')
        ? [{ label: 'Search in this folder', icon: 'search' as const, onRun: () => go({ room: 'search', under: id }) }]
        : []),
      ...(movable(id)
        ? [
            { label: 'Rename or move', icon: 'pen' as const, kbd: 'F2', onRun: () => props.onRename(id) },
            {
              label: 'Remove',
              icon: 'trash' as const,
              kbd: 'Del',
              stop: true,
              rule: true,
              onRun: () => props.onRemove(id),
            },
          ]
        : []),
    ];
  };

  createEffect(
    on(
      () => props.selected,
      (path) => path !== undefined && props.model.reveal(path),
    ),
  );

  return (
    <nav class="tree-pane" aria-label="Tree" ref={(el) => queueMicrotask(() => setPane(el))}>
      <Tree
        label="Files"
        rows={rows()}
        selected={props.selected}
        window={slice()}
        onReveal={(index) => virtual.scrollToIndex(index, { align: 'auto' })}
        onSelect={({ id }) => props.onOpen(id)}
        onToggle={({ id }) => props.model.toggle(id)}
        onMenu={(row, at) => setMenu({ row, at })}
        onKey={({ id }, event) => {
          if (!movable(id)) return;
          if (event.key !== 'F2' && event.key !== 'Delete') return;
          event.preventDefault();
          if (event.key === 'F2') props.onRename(id);
          else props.onRemove(id);
        }}
      />
      <ContextMenu
        label={menu()?.row.name ?? 'Row'}
        items={items()}
        {...(menu() ? { at: menu()?.at ?? { x: 0, y: 0 } } : {})}
        onClose={() => setMenu(undefined)}
      />
    </nav>
  );
}
