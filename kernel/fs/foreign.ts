/**
 * What another device did, told as this device tells its own: the change sets that entries came in, and for each what
 * watchers hear of it. Pure; it is called once the entries are durable and applied.
 */
import type { Entry, NodeId } from '../protocol/entry.ts';
import { revisionOf } from '../protocol/entry.ts';
import type { Path } from '../protocol/paths.ts';
import type { Committed } from './bus.ts';
import { eventsOf } from './events.ts';
import type { Staged } from './stage.ts';
import type { Tree } from './tree.ts';

/** Entries of one device that belong together are neighbours in its journal, and may not be here. */
export const changeSets = (entries: readonly Entry[]): Entry[][] => {
  const open = new Map<string, Entry[]>();
  const sets: Entry[][] = [];
  for (const entry of entries) {
    const set = open.get(entry.device) ?? [];
    if (set.length === 0) sets.push(set);
    set.push(entry);
    if (entry.more) open.set(entry.device, set);
    else open.delete(entry.device);
  }
  return sets;
};

const moves = ({ change }: Entry): boolean =>
  change.op === 'move' || change.op === 'rename' || change.op === 'reparent';

/** Where nodes that are about to move stand now. */
export const placesBefore = (tree: Tree, entries: readonly Entry[]): Map<NodeId, Path> => {
  const places = new Map<NodeId, Path>();
  for (const entry of entries) {
    if (!moves(entry)) continue;
    const { node: id } = entry;
    const node = tree.get(id);
    if (node && !node.dead && !places.has(id)) places.set(id, tree.pathOf(node));
  }
  return places;
};

export const committedBy = (tree: Tree, set: readonly Entry[], before: ReadonlyMap<NodeId, Path>): Committed => {
  const staged: Staged = { revisions: set.map(revisionOf), touched: [], contents: new Map() };
  for (const entry of set) {
    const node = tree.get(entry.node);
    if (!node) continue;
    const path = tree.pathOf(node);
    const { op } = entry.change;
    const from = moves(entry) ? before.get(entry.node) : undefined;
    const text = (op === 'edit' || op === 'append') && node.as === 'text';
    staged.touched.push({
      node,
      path,
      op,
      ...(from !== undefined && from !== path ? { from } : {}),
      ...(text ? { update: entry.payload } : {}),
    });
  }
  const { actor = 'daemon:merge', message = '', run = '', cause = '' } = set[0] ?? {};
  const author = { actor, message, run, cause };
  return { staged, author, events: eventsOf(tree, staged, author, 'remote'), source: 'remote' };
};
