/**
 * The tree's data: folders are listed when they are first opened, and again when a change below them says so. It knows
 * no row and no scroll; which folders are open is kept for this tab.
 */
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import type { WatchEvent } from '../../../kernel/protocol/files.ts';
import { parentOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { listAll } from '../../client/live.ts';
import type { Listed } from './tree-rows.ts';

export type TreeModel = {
  listed: Accessor<Listed>;
  open: Accessor<ReadonlySet<Path>>;
  toggle: (folder: Path) => void;
  /** Open every folder on the way to `path`. */
  reveal: (path: Path) => void;
  /** List a folder again (a new folder makes no event). */
  refresh: (folder: Path) => void;
};

const KEPT = 'allod:open-folders';
const GATHER_MS = 60;
const ROOTS = ['/workspace/**', '/programs/**', '/system/**', '/proc/runs/*'];

const remembered = (): Path[] => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((path): path is Path => typeof path === 'string') : [];
  } catch {
    return [];
  }
};

const remember = (open: ReadonlySet<Path>): void => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...open]));
  } catch {
    // A private window keeps nothing; the tree then opens as it does for a newcomer.
  }
};

export const createTreeModel = (): TreeModel => {
  const client = useClient();
  const [listed, setListed] = createSignal<Listed>(new Map());
  const [open, setOpen] = createSignal<ReadonlySet<Path>>(new Set(['/workspace', ...remembered()]));
  const stale = new Set<Path>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;

  const list = async (folder: Path): Promise<void> => {
    const found = await listAll(client, folder);
    if (gone || !found.ok) return;
    setListed((before) => new Map([...before, [folder, found.value]]));
  };
  const refresh = (folder: Path): void => {
    stale.add(folder);
    timer ??= setTimeout(() => {
      timer = undefined;
      const folders = [...stale].filter((path) => path === '/' || listed().has(path));
      stale.clear();
      void Promise.all(folders.map(list));
    }, GATHER_MS);
  };

  /** Of the folders above a change, the nearest listed one is the only whose rows it can alter: its own child, or a new one. */
  const touch = (path: Path): void => {
    for (let at = parentOf(path), child = path; ; child = at, at = parentOf(at)) {
      const rows = listed().get(at);
      if (rows && (child === path || !rows.some((stat) => stat.path === child))) refresh(at);
      if (rows || at === '/') return;
    }
  };
  const onChange = (event: WatchEvent | 'placed'): void => {
    if (event === 'placed') for (const folder of ['/', ...open()]) void list(folder);
    else if (event.change !== 'live')
      for (const path of event.from ? [event.path, event.from] : [event.path]) touch(path);
  };
  onCleanup(client.watch(ROOTS, onChange));
  onCleanup(() => {
    gone = true;
    clearTimeout(timer);
  });

  const change = (edit: (open: Set<Path>) => void): void => {
    const next = new Set(open());
    edit(next);
    setOpen(next);
    remember(next);
    for (const folder of next) if (!listed().has(folder)) void list(folder);
  };
  return {
    listed,
    open,
    refresh: (folder) => {
      if (listed().has(folder)) refresh(folder);
      else touch(folder);
    },
    toggle: (folder) => change((now) => (now.has(folder) ? now.delete(folder) : now.add(folder))),
    reveal: (path) => {
      const way: Path[] = [];
      for (let at = parentOf(path); at !== '/'; at = parentOf(at)) way.push(at);
      if (way.every((folder) => open().has(folder))) return;
      change((now) => way.forEach((folder) => now.add(folder)));
    },
  };
};
