/**
 * Before a `restore` is staged: what it has to know of the past. Reads histories, former contents and the journal, and
 * changes nothing. What was removed together is told by the change set or the run of the removals; what stood in a folder
 * at a date, by the last revision of each file that ever was below it.
 */
import type { NodeId, RevisionId } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { Log } from '../protocol/log.ts';
import { join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import type { Content, Contents, Past } from './contents.ts';
import { everBelow } from './ever.ts';
import { changesContent } from './generations.ts';
import type { HistRow } from './hist-store.ts';
import type { Histories } from './history.ts';
import type { Tree, TreeNode } from './tree.ts';

export type Restore = Extract<Change, { op: 'restore' }>;
export type Sources = { log: Log; contents: Contents; histories: Histories };

/** A content to go back to, and what it is now where that is needed to change only what differs. */
export type Former = { row: HistRow; past: Past };
/** Where a node has to stand, and the content it has to have when that is another one than now. */
export type Goal = { node: TreeNode; path: Path; former?: Former };
/** Who made a removal: the same change set, or the same run, is one removal. */
export type Removal = { run: string; cause: string };

export type Plan =
  | { kind: 'removed'; removals: ReadonlyMap<RevisionId, Removal> }
  | { kind: 'file'; node: TreeNode; former: Former }
  | {
      kind: 'folder';
      /** Folders before what is in them. */
      goals: Goal[];
      /** Those now below the folder that then stood elsewhere: the folder they came from, and their name there. */
      homes: ReadonlyMap<NodeId, { parent: NodeId; name: string }>;
    };

const REVISION = /^[0-9a-f]{12}\.\d+$/;

type Planned = { plan: Plan; contents: Map<NodeId, Content> };

const never = (path: Path): never => fail('ENOENT', `There never was anything at ${path}.`, { path });

const removalsOf = async (tree: Tree, path: Path, { log }: Sources): Promise<Map<RevisionId, Removal>> => {
  const dead = tree
    .holders(path)
    .flatMap((node) => (node.dead ? [node, ...everBelow(tree, node)] : []))
    .filter((node) => node.dead);
  await log.settled();
  const entries = await log.entries([...new Set(dead.map((node) => node.revision))]);
  return new Map(
    entries.map(({ entry }) => [`${entry.device.slice(0, 12)}.${entry.seq}`, { run: entry.run, cause: entry.cause }]),
  );
};

/** The content at a revision of a file that had this path, or of what stood at the path at a date. */
const rowAt = async (files: TreeNode[], path: Path, at: string, { histories }: Sources) => {
  const newest = async (passes: (row: HistRow) => boolean) => {
    const found: { node: TreeNode; row: HistRow }[] = [];
    for (const node of files) {
      const row = await histories.find(node, passes);
      if (row) found.push({ node, row });
    }
    return found;
  };
  const [exact] = REVISION.test(at) ? await newest((row) => row.id === at) : [];
  if (exact) return exact;
  const time = Date.parse(at);
  if (Number.isNaN(time))
    fail('EINVAL', `"${at}" is neither a revision of ${path} nor a date. List its history to see its revisions.`, {
      path,
    });
  const then = await newest((row) => Date.parse(row.at) <= time);
  const standing = then.filter(({ row }) => row.op !== 'remove');
  return (
    standing.find(({ row }) => row.path === path) ??
    standing[0] ??
    fail('ENOENT', `There was no file at ${path} at ${at}. List its history to see when there was.`, { path })
  );
};

const planFile = async (files: TreeNode[], path: Path, at: string, sources: Sources, live: TreeNode | undefined) => {
  const { node, row } = await rowAt(files, path, at, sources);
  const former = { row, past: (await sources.contents.asOf(node, row)).content };
  // An earlier change of the set may remove what stands there: then it is the file itself that comes back.
  const contents = new Map<NodeId, Content>();
  for (const target of live?.kind === 'file' ? [live, node] : [node])
    contents.set(target.id, await sources.contents.load(target));
  return { plan: { kind: 'file', node, former } as const, contents };
};

/** A moment: an ISO date with all that was done in that millisecond, or right after the revision of that name. */
type Moment = { at: number; tick: number };
const momentOf = async (at: string, path: Path, { log }: Sources): Promise<Moment> => {
  await log.settled();
  const sealed = REVISION.test(at) ? await log.entry(at) : undefined;
  if (sealed) return { at: sealed.entry.at, tick: sealed.entry.tick };
  const time = Date.parse(at);
  if (Number.isNaN(time))
    return fail('EINVAL', `"${at}" is neither a revision nor a date, so ${path} cannot go back to it.`, { path });
  return { at: time, tick: Infinity };
};

type Then = { alive: boolean; parent: NodeId; name: string; content: HistRow | undefined };

/** What a node was at a moment; undefined when it was not made yet. `content` only when it may be another one than now. */
const thenOf = async (node: TreeNode, moment: Moment, { histories, log }: Sources): Promise<Then | undefined> => {
  if (node.at < moment.at) return { alive: !node.dead, parent: node.parent, name: node.name, content: undefined };
  const reached = (row: HistRow): boolean => {
    const time = Date.parse(row.at);
    return time < moment.at || (time === moment.at && row.tick <= moment.tick);
  };
  let moved = false;
  let last: HistRow | undefined;
  let placed: HistRow | undefined;
  let alive: boolean | undefined;
  let content: HistRow | undefined;
  for await (const rows of histories.newest(node)) {
    for (const row of rows) {
      const places = row.op === 'create' || row.op === 'mkdir' || row.op === 'move' || row.op === 'reparent';
      if (!reached(row)) {
        moved ||= places;
        continue;
      }
      last ??= row;
      if (places) placed ??= row;
      if (row.op === 'remove') alive ??= false;
      if (row.op === 'create' || row.op === 'mkdir' || row.op === 'restore') alive ??= true;
      if (changesContent(row)) content ??= row;
      if (alive === undefined || (node.kind === 'file' && !content) || (moved && !placed)) continue;
      const place = moved && placed ? (await log.entry(placed.id))?.entry.change : undefined;
      const parent = place && 'parent' in place ? place.parent : node.parent;
      return { alive, parent, name: nameOf(last.path), content };
    }
  }
  return undefined;
};

const planFolder = async (tree: Tree, path: Path, at: string, sources: Sources): Promise<Planned> => {
  const moment = await momentOf(at, path, sources);
  const folders = tree.holders(path).filter((node) => node.kind === 'dir');
  const states = new Map<NodeId, Then | undefined>();
  const state = async (node: TreeNode): Promise<Then | undefined> => {
    if (!states.has(node.id)) states.set(node.id, await thenOf(node, moment, sources));
    return states.get(node.id);
  };
  const here = tree.resolve(path);
  const homes = new Set(tree.holders(parentOf(path)).map(({ id }) => id));
  // What stood here then; else the folder that stands here now, wherever it was.
  let root: TreeNode | undefined;
  for (const folder of folders) {
    const then = await state(folder);
    if (then?.alive && then.name === nameOf(path) && homes.has(then.parent)) root ??= folder;
  }
  if (!root && here?.kind === 'dir' && (await state(here))?.alive) root = here;
  if (!root) return fail('ENOENT', `There was no folder at ${path} at ${at}.`, { path });

  const found = [...everBelow(tree, root), ...(here?.kind === 'dir' ? [here, ...everBelow(tree, here)] : [])];
  const all = [...new Map(found.map((node) => [node.id, node])).values()];
  const members = new Map<NodeId, TreeNode[]>();
  for (const node of all) {
    const then = await state(node);
    if (then?.alive) members.set(then.parent, [...(members.get(then.parent) ?? []), node]);
  }

  const contents = new Map<NodeId, Content>();
  const rootId = root.id;
  const goals: Goal[] = here?.id === root.id ? [] : [{ node: root, path }];
  const enter = async (folder: TreeNode, at: Path): Promise<void> => {
    for (const node of members.get(folder.id) ?? []) {
      const then = await state(node);
      const goal: Goal = { node, path: join(at, then?.name ?? node.name) };
      const row = then?.content;
      if (row && (row.hash !== node.hash || row.as !== node.as)) {
        goal.former = { row, past: (await sources.contents.asOf(node, row)).content };
        contents.set(node.id, await sources.contents.load(node));
      }
      goals.push(goal);
      if (node.kind === 'dir') await enter(node, goal.path);
    }
  };
  await enter(root, path);

  const wanted = new Set(goals.map(({ node }) => node.id));
  const strays = new Map<NodeId, { parent: NodeId; name: string }>();
  for (const node of all) {
    const then = await state(node);
    if (then?.alive && node.id !== rootId && !wanted.has(node.id))
      strays.set(node.id, { parent: then.parent, name: then.name });
  }
  return { plan: { kind: 'folder', goals, homes: strays }, contents };
};

/** What one `restore` needs, as the tree stands; `contents` are those that will be changed. */
export const planRestore = async (tree: Tree, change: Restore, sources: Sources): Promise<Planned> => {
  const { path, at } = change;
  if (at === undefined)
    return { plan: { kind: 'removed', removals: await removalsOf(tree, path, sources) }, contents: new Map() };
  const holders = tree.holders(path);
  const live = tree.resolve(path);
  const holder = live ?? holders[0] ?? never(path);
  const files = holders.filter((node) => node.kind === 'file');
  // A revision of a file that once stood here means that file, whatever stands here now.
  const named = async (file: TreeNode) => (await sources.histories.find(file, (row) => row.id === at)) !== undefined;
  let ofFile = holder.kind === 'file';
  if (REVISION.test(at)) for (const file of files) ofFile ||= await named(file);
  return ofFile ? planFile(files, path, at, sources, live) : planFolder(tree, path, at, sources);
};
