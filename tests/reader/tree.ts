// Where files stand, from the entries in their total order [F18] [F19]: names and places as registers, folders by moves
// that close no circle, removals that cover what their author had seen.
import { sha256, type Entry, type Vector } from './entries.ts';

const ROOT = sha256('allod:root').slice(0, 32);

type Node = {
  folder: boolean;
  name: string;
  parent: string;
  /** Since when it has its place, in seconds. */
  since: number;
  acts: Vector;
  covers: Vector;
  removed: boolean;
};

const insideOf = (nodes: ReadonlyMap<string, Node>, id: string, folder: string): boolean => {
  for (let at = id; at !== ROOT; at = nodes.get(at)?.parent ?? ROOT) if (at === folder) return true;
  return false;
};

const raise = (vector: Vector, more: Vector): void => {
  for (const [device, seq] of Object.entries(more)) vector[device] = Math.max(vector[device] ?? 0, seq);
};

const build = (entries: readonly Entry[]): Map<string, Node> => {
  const nodes = new Map<string, Node>();
  for (const { change, node: id, device, seq, at } of entries) {
    if (change.op === 'session') continue;
    const since = Math.floor(at / 1000);
    let node = nodes.get(id);
    if ((change.op === 'mkdir' || change.op === 'create') && !node) {
      const { parent, name } = change;
      node = { folder: change.op === 'mkdir', name, parent, since, acts: {}, covers: {}, removed: false };
      nodes.set(id, node);
    }
    if (!node) throw new Error(`entry ${seq} is about a node that is not there`);
    if (change.op === 'remove') {
      raise(node.covers, { ...change.seen, [device]: seq });
      node.removed = true;
      continue;
    }
    raise(node.acts, { [device]: seq });
    if (change.op === 'move' || change.op === 'reparent') {
      if (!node.folder || !insideOf(nodes, change.parent, id)) node.parent = change.parent;
      node.since = since;
    }
    if (change.op === 'move' || change.op === 'rename') {
      node.name = change.name;
      node.since = since;
    }
  }
  return nodes;
};

/** Every node that is there, by its path. */
export const pathsOf = (entries: readonly Entry[]): Map<string, { node: string; folder: boolean }> => {
  const nodes = build(entries);
  const gone = ({ removed, acts, covers }: Node): boolean =>
    removed && Object.entries(acts).every(([device, seq]) => seq <= (covers[device] ?? 0));
  const shown = new Set<string>();
  for (const [id, node] of nodes) {
    if (gone(node)) continue;
    for (let at = id; at !== ROOT; at = nodes.get(at)?.parent ?? ROOT) shown.add(at);
  }
  const nameOf = (id: string, node: Node): string => {
    const rivals = [...nodes].filter(
      ([other, { parent, name }]) => shown.has(other) && parent === node.parent && name === node.name,
    );
    const [first] = rivals.sort(([a, x], [b, y]) => x.since - y.since || (a < b ? -1 : 1));
    if (!first || first[0] === id) return node.name;
    const dot = node.name.lastIndexOf('.');
    const stem = dot > 0 ? node.name.slice(0, dot) : node.name;
    return `${stem}~${id.slice(0, 8)}${node.name.slice(stem.length)}`;
  };
  const pathOf = (id: string): string => {
    const node = nodes.get(id);
    return node ? `${pathOf(node.parent)}/${nameOf(id, node)}` : '';
  };
  return new Map([...shown].map((id) => [pathOf(id), { node: id, folder: nodes.get(id)?.folder ?? false }]));
};
