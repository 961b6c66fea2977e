/**
 * What it takes to undo one run, or one actor in a time: the entries in question, taken back newest first, as changes
 * that anybody could ask for. A later change by others stays; where the two cannot be told apart the file is left alone
 * and named. Plans only: nothing is written here, and whoever writes it checks that the files are still as planned.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Change } from '../protocol/files.ts';
import type { Log } from '../protocol/log.ts';
import { isUnder, join, nameOf, type Path } from '../protocol/paths.ts';
import type { Undone } from '../protocol/syscalls.ts';
import { everBelow, liveIn } from './ever.ts';
import { changesContent } from './generations.ts';
import { merge3 } from './merge3.ts';
import type { HistRow } from './hist-store.ts';
import type { Sources } from './restore-plan.ts';
import type { Tree, TreeNode } from './tree.ts';

export type Which = {
  run?: string | undefined;
  actor?: string | undefined;
  /** Milliseconds since 1970, both ends included. */
  since: number;
  until: number;
  under: Path;
};

export type TakeBack = Pick<Undone, 'files' | 'conflicts'> & {
  changes: Change[];
  /** How many revisions each file had that this is about. */
  counts: ReadonlyMap<NodeId, number>;
};

type What = Undone['files'][number]['what'];
/** One entry to take back, at its place in the order of all. */
type Step = { row: HistRow; node: TreeNode; take: () => void };

const places = ({ op }: HistRow): boolean => op === 'create' || op === 'mkdir' || op === 'move' || op === 'reparent';
const moves = ({ op }: HistRow): boolean => op === 'move' || op === 'rename' || op === 'reparent';
const exists = ({ op }: HistRow): boolean => op === 'remove' || op === 'restore';

/** Files that were never changed since somebody else made them: told in a few reads, without their histories. */
const madeByOthers = async (nodes: readonly TreeNode[], { run, actor }: Which, log: Log): Promise<Set<NodeId>> => {
  const once = nodes.filter((node) => node.count === 1);
  const others = new Set(once.flatMap((node) => (actor !== undefined && node.actor !== actor ? [node.id] : [])));
  if (run === undefined) return others;
  const entries = await log.entries(once.flatMap((node) => (others.has(node.id) ? [] : [node.revision])));
  for (const { entry } of entries) if (entry.run !== run) others.add(entry.node);
  return others;
};

export const planTakeBack = async (tree: Tree, which: Which, sources: Sources): Promise<TakeBack> => {
  const { contents, histories, log } = sources;
  const contentChanges: Change[] = [];
  const changes: Change[] = [];
  const what = new Map<NodeId, What>();
  const conflicts: TakeBack['conflicts'] = [];
  const counts = new Map<NodeId, number>();
  const steps: Step[] = [];
  /** Where nodes stand when the steps so far are done. */
  const placed = new Map<NodeId, { parent: NodeId; name: string }>();
  const gone = new Set<NodeId>();
  const back = new Set<NodeId>();

  const mine = (row: HistRow): boolean => {
    const at = Date.parse(row.at);
    return (
      (which.run === undefined || row.run === which.run) &&
      (which.actor === undefined || row.actor === which.actor) &&
      at >= which.since &&
      at <= which.until
    );
  };
  const pathOf = (node: TreeNode): Path => {
    const { parent, name } = placed.get(node.id) ?? node;
    const folder = tree.get(parent);
    return folder && folder.id !== node.id ? join(pathOf(folder), name) : '/';
  };
  const stands = (node: TreeNode): boolean => back.has(node.id) || (!node.dead && !gone.has(node.id));
  /** What is moved into a folder that is gone brings it back, with all above it that is gone. */
  const bringBack = (id: NodeId): void => {
    const folder = tree.get(id);
    if (!folder) return;
    const { parent } = placed.get(id) ?? folder;
    if (parent === id) return;
    if (!stands(folder)) back.add(id);
    bringBack(parent);
  };
  const taken = (path: Path, by: TreeNode): boolean => {
    const now = tree.resolve(path);
    if (now && now.id !== by.id && stands(now) && pathOf(now) === path) return true;
    const moved = [...placed.keys(), ...back].flatMap((id) => tree.get(id) ?? []);
    return moved.some((node) => node.id !== by.id && stands(node) && pathOf(node) === path);
  };
  const conflict = (node: TreeNode, reason: string, row?: HistRow): void => {
    conflicts.push({ path: tree.pathOf(node), reason, ...(row ? { actor: row.actor, revision: row.id } : {}) });
  };

  /** Rows from the first that may be meant on, with the content and the place before it; oldest first. */
  const rowsOf = async (node: TreeNode): Promise<HistRow[]> => {
    const rows: HistRow[] = [];
    let content = node.kind === 'dir';
    let place = false;
    for await (const page of histories.newest(node)) {
      for (const row of page) {
        rows.unshift(row);
        const before = Date.parse(row.at) < which.since;
        content ||= before && changesContent(row);
        place ||= before && places(row);
        if (content && place) return rows;
      }
    }
    return rows;
  };

  const textAt = async (node: TreeNode, row: HistRow): Promise<string | undefined> => {
    const { content: past } = await contents.asOf(node, row);
    return past.as === 'text' ? past.text : undefined;
  };

  /** The text without what is taken back, each stretch of it by a merge of its own; undefined where they touch. */
  const without = async (node: TreeNode, rows: readonly HistRow[]): Promise<string | undefined> => {
    let text = await textAt(node, rows.at(-1) as HistRow);
    for (let i = rows.length - 1; i > 0 && text !== undefined; i--) {
      const last = rows[i] as HistRow;
      if (!mine(last)) continue;
      while (i > 0 && mine(rows[i - 1] as HistRow)) i--;
      const before = await textAt(node, rows[i - 1] as HistRow);
      const after = await textAt(node, last);
      text = before === undefined || after === undefined ? undefined : merge3(text, after, before);
    }
    return text;
  };

  const put = (node: TreeNode, change: Change): void => {
    contentChanges.push(change);
    what.set(node.id, 'changed');
  };

  /** Take the content back; answers the revision to come back with, for a file that is gone. */
  const undoContent = async (node: TreeNode, rows: readonly HistRow[]): Promise<string | undefined> => {
    const content = rows.filter(changesContent);
    const first = content.findIndex(mine);
    if (first < 0) return content.at(-1)?.id;
    const before = content[first - 1];
    const later = content.slice(first).findLast((row) => !mine(row));
    if (!before) return content.at(-1)?.id;
    const path = tree.pathOf(node);
    if (!later) {
      if (!node.dead && (before.hash !== node.hash || before.as !== node.as))
        put(node, { op: 'restore', path, at: before.id });
      return before.id;
    }
    const text = node.dead ? undefined : await without(node, content);
    if (text === undefined)
      conflict(
        node,
        node.dead
          ? `${later.actor} changed it too before it was removed: it comes back as it was then.`
          : node.as === 'text'
            ? `${later.actor} changed the same lines later.`
            : `${later.actor} changed it later, and it is not text.`,
        later,
      );
    else if (text !== (await textAt(node, content.at(-1) as HistRow)))
      put(node, { op: 'put', path, content: text, base: node.revision });
    return content.at(-1)?.id;
  };

  const removal = (node: TreeNode, row: HistRow): Step => ({
    row,
    node,
    take: () => {
      if (!stands(node)) return;
      // A folder that others put something in stays.
      const left = [...liveIn(tree, node), ...[...placed.keys(), ...back].flatMap((id) => tree.get(id) ?? [])];
      if (left.some((one) => stands(one) && (placed.get(one.id) ?? one).parent === node.id)) return;
      changes.push({ op: 'remove', path: pathOf(node) });
      gone.add(node.id);
      back.delete(node.id);
      what.set(node.id, 'removed');
    },
  });

  const revival = (node: TreeNode, row: HistRow, at: string | undefined): Step => ({
    row,
    node,
    take: () => {
      const path = pathOf(node);
      if (taken(path, node)) return conflict(node, 'Something else stands there now.');
      changes.push(node.kind === 'dir' || at === undefined ? { op: 'mkdir', path } : { op: 'restore', path, at });
      back.add(node.id);
      what.set(node.id, 'restored');
    },
  });

  const moveBack = (node: TreeNode, row: HistRow, home: { parent: NodeId; name: string }): Step => ({
    row,
    node,
    take: () => {
      if (!stands(node)) return;
      const from = pathOf(node);
      const before = placed.get(node.id);
      placed.set(node.id, home);
      const to = pathOf(node);
      if (from === to) return;
      const inside = isUnder(to, from);
      if (!inside && !taken(to, node)) {
        changes.push({ op: 'move', from, to });
        bringBack(home.parent);
        if (!what.has(node.id)) what.set(node.id, 'moved');
        return;
      }
      if (before) placed.set(node.id, before);
      else placed.delete(node.id);
      conflict(node, `It came from ${to}, where something else stands now.`);
    },
  });

  const undoPlace = async (node: TreeNode, rows: readonly HistRow[]): Promise<void> => {
    for (let i = rows.length - 1; i > 0; i--) {
      const row = rows[i] as HistRow;
      if (!moves(row)) continue;
      // Moved on by somebody else: where it is now is theirs to say.
      if (!mine(row)) return;
      const before = rows.slice(0, i).findLast(places);
      const entry = before && (await log.entry(before.id))?.entry.change;
      const name = nameOf((rows[i - 1] as HistRow).path);
      if (entry && 'parent' in entry) steps.push(moveBack(node, row, { parent: entry.parent, name }));
    }
  };

  const consider = async (node: TreeNode): Promise<void> => {
    const rows = (await rowsOf(node)).filter((row) => row.op !== 'attr');
    const first = rows.findIndex(mine);
    const row = rows[first];
    if (!row) return;
    counts.set(node.id, node.count);
    const later = rows.slice(first).findLast((other) => !mine(other));
    if (row.op === 'create' || row.op === 'mkdir') {
      // A folder that is gone is on the way of what was moved out of it.
      if (node.dead && node.kind === 'file') return;
      if (later && node.kind === 'file')
        return conflict(node, `It was made then, and ${later.actor} changed it since.`, later);
      await undoPlace(node, rows);
      steps.push(removal(node, row));
      return;
    }
    const known = rows.filter(exists);
    const last = known.at(-1);
    const firstMine = known.find(mine);
    const decided = firstMine && known.slice(known.indexOf(firstMine)).findLast((other) => !mine(other));
    const alive = decided ? decided.op === 'restore' : firstMine?.op === 'remove';
    if (last && mine(last) && alive === node.dead && firstMine) {
      if (alive) {
        const at = node.kind === 'file' ? await undoContent(node, rows) : undefined;
        steps.push(revival(node, last, at));
        return undoPlace(node, rows);
      }
      if (later && rows.indexOf(later) > rows.indexOf(firstMine))
        return conflict(node, `It was brought back then, and ${later.actor} changed it since.`, later);
      steps.push(removal(node, firstMine));
      return;
    }
    // What others removed later is gone, and stays so.
    if (node.dead) return;
    if (node.kind === 'file') await undoContent(node, rows);
    await undoPlace(node, rows);
  };

  const folder = tree.resolve(which.under);
  const all = folder?.kind === 'dir' ? [...everBelow(tree, folder), folder] : tree.holders(which.under);
  const nodes = all.filter((node) => node.at >= which.since && isUnder(tree.pathOf(node), which.under));
  const others = await madeByOthers(nodes, which, log);
  for (const node of nodes) if (!others.has(node.id)) await consider(node);

  await log.settled();
  const order = (a: Step, b: Step): number => Date.parse(b.row.at) - Date.parse(a.row.at) || b.row.tick - a.row.tick;
  for (const step of steps.sort(order)) step.take();
  const files = [...what].flatMap(([id, done]) => {
    const node = tree.get(id);
    return node?.kind === 'file' ? [{ path: pathOf(node), what: done }] : [];
  });
  return {
    changes: [...contentChanges, ...changes],
    files,
    conflicts,
    counts,
  };
};
