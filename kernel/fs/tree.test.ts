// The tree by itself: entries in, names out. Several replicas, partial syncs, every order that causality allows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry, NodeId, Op, VersionVector } from '../protocol/entry.ts';
import { NO_NODE, ZERO_HASH } from '../protocol/entry.ts';
import { disagreements } from './disagreements.ts';
import { aliasOf } from './folders.ts';
import { createTree, folderId, ROOT, type Tree } from './tree.ts';

const HASH = 'ab'.repeat(32);
const deviceOf = (n: number): string =>
  String(n + 1)
    .repeat(32)
    .slice(0, 32);
const nodeOf = (n: number): NodeId => n.toString(16).padStart(32, '0').split('').reverse().join('');

/** One device: its tree, what it holds of everybody, and a clock that may be wrong. */
class Replica {
  readonly tree: Tree = createTree();
  readonly held = new Map<string, Entry[]>();
  /** Of which of the others' entries the own journal says that it has seen them. */
  private told: VersionVector = {};
  private last = { at: 0, tick: 0 };
  readonly device: string;
  private readonly skew: number;
  constructor(n: number, skew: number) {
    this.device = deviceOf(n);
    this.skew = skew;
    this.held.set(this.device, []);
  }

  vector(): VersionVector {
    return Object.fromEntries([...this.held].map(([device, entries]) => [device, entries.length]));
  }

  private seen(): VersionVector {
    const { [this.device]: _own, ...others } = this.vector();
    return others;
  }

  private append(now: number, node: NodeId, change: Op): void {
    const own = this.held.get(this.device) ?? [];
    const wall = now + this.skew;
    this.last = wall > this.last.at ? { at: wall, tick: 0 } : { at: this.last.at, tick: this.last.tick + 1 };
    const entry: Entry = {
      device: this.device,
      seq: own.length + 1,
      ...this.last,
      node,
      actor: 'operator',
      message: '',
      run: '',
      cause: '',
      more: false,
      change,
      payload: new Uint8Array(),
      prev: ZERO_HASH,
    };
    own.push(entry);
    this.held.set(this.device, own);
    this.tree.apply(entry);
  }

  act(now: number, node: NodeId, change: (seen: VersionVector) => Op): void {
    const seen = this.seen();
    if (JSON.stringify(seen) !== JSON.stringify(this.told))
      this.append(now, NO_NODE, { op: 'session', client: 0, seen });
    this.told = seen;
    this.append(now, node, change(seen));
  }

  /** Take in everything another holds, or only some of its devices' entries as far as causality allows. */
  pull(from: Replica, together: boolean): void {
    const fresh: Entry[] = [];
    for (const [device, entries] of from.held) {
      if (device === this.device) continue;
      const have = this.held.get(device) ?? [];
      fresh.push(...entries.slice(have.length));
      this.held.set(device, [...have, ...entries.slice(have.length)]);
    }
    fresh.sort((a, b) => a.at - b.at || a.tick - b.tick || (a.device < b.device ? -1 : 1));
    const newest = fresh.at(-1);
    const { at, tick } = this.last;
    if (newest && (newest.at > at || (newest.at === at && newest.tick >= tick)))
      this.last = { at: newest.at, tick: newest.tick + 1 };
    if (together) this.tree.applyAll(fresh, () => undefined);
    else for (const entry of fresh) this.tree.apply(entry);
  }
}

/** Everything that a tree shows, with what it knows of each node. */
const shown = (tree: Tree): string[] => {
  const lines: string[] = [];
  const walk = (id: NodeId, path: string): void => {
    for (const [name, node] of tree.children({ id })) {
      const conflict = tree.stat(node).conflict ?? '';
      lines.push(
        `${path}/${name} ${node.id} ${node.kind} ${node.revision} ${Object.keys(node.attrs)
          .sort()
          .map((key) => `${key}=${node.attrs[key]}`)
          .join()} ${conflict}`,
      );
      if (node.kind === 'dir') walk(node.id, `${path}/${name}`);
    }
  };
  walk(ROOT, '');
  return lines.sort();
};

const NAMES = ['a', 'b', 'c.md'];
type Step = { who: number; act: number; one: number; two: number; name: number; with: number; together: boolean };
const step = fc.record<Step>({
  who: fc.nat(4),
  act: fc.nat(9),
  one: fc.nat(30),
  two: fc.nat(30),
  name: fc.nat(2),
  with: fc.nat(4),
  together: fc.boolean(),
});

const run = (replicas: Replica[], steps: readonly Step[]): void => {
  let made = 0;
  steps.forEach(({ who, act, one, two, name: which, with: other, together }, i) => {
    const replica = replicas[who % replicas.length] as Replica;
    const { tree } = replica;
    const now = 1000 + i * 300;
    const name = NAMES[which] ?? 'a';
    const nodes = [...Array(tree.table.count).keys()]
      .map((row) => tree.view(row))
      .filter((node) => tree.get(node.id) && !node.dead && node.id !== ROOT);
    const folders = nodes.filter((node) => node.kind === 'dir');
    const folder = [ROOT, ...folders.map((node) => node.id)][two % (folders.length + 1)] ?? ROOT;
    const node = nodes[one % Math.max(1, nodes.length)];
    if (act <= 1)
      replica.act(now, nodeOf(++made * 7 + who * 100_000), () => ({
        op: 'create',
        parent: folder,
        name,
        as: 'text',
        size: 1,
        hash: HASH,
        attrs: {},
      }));
    else if (act === 2) {
      const id = folderId(folder, name);
      const former = tree.get(id);
      if (!former) replica.act(now, id, () => ({ op: 'mkdir', parent: folder, name }));
      else if (former.dead) replica.act(now, id, () => ({ op: 'restore' }));
    } else if (act === 8) {
      const from = replicas[other % replicas.length] as Replica;
      if (from !== replica) replica.pull(from, together);
    } else if (!node) return;
    else if (act === 3) replica.act(now, node.id, () => ({ op: 'edit', size: i, hash: HASH }));
    else if (act === 4 && folder !== node.id) replica.act(now, node.id, () => ({ op: 'reparent', parent: folder }));
    else if (act === 5) replica.act(now, node.id, () => ({ op: 'rename', name }));
    else if (act === 6) {
      // As the file system does it: folders go when they are empty.
      if (tree.size(node) === 0) replica.act(now, node.id, (seen) => ({ op: 'remove', seen }));
    } else if (act === 7 && folder !== node.id) replica.act(now, node.id, () => ({ op: 'move', parent: folder, name }));
    else if (act === 9) replica.act(now, node.id, () => ({ op: 'attr', key: name, value: String(i) }));
  });
};

const meet = (replicas: Replica[]): void => {
  for (let round = 0; round < 2; round++)
    for (const one of replicas) for (const other of replicas) if (one !== other) one.pull(other, round === 0);
};

describe('[T1] the tree of several devices', () => {
  test('[A6] converges: equal names, no cycle, nothing lost that somebody changed after its removal was seen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 5, maxLength: 5 }),
        fc.array(step, { maxLength: 60 }),
        (count, skews, steps) => {
          const replicas = Array.from({ length: count }, (_, n) => new Replica(n, skews[n] ?? 0));
          run(replicas, steps);
          meet(replicas);
          const [first] = replicas;
          const expected = shown((first as Replica).tree);
          for (const replica of replicas) expect(shown(replica.tree)).toEqual(expected);
          // From nothing, by one device's order and by the clock's: the same again.
          const all = [...(first as Replica).held.values()]
            .flat()
            .sort((a, b) => a.at - b.at || a.tick - b.tick || (a.device < b.device ? -1 : 1));
          const fresh = createTree();
          for (const entry of all) fresh.apply(entry);
          expect(shown(fresh)).toEqual(expected);
          expect(fresh.orphans).toBe(0);
          const { tree } = first as Replica;
          for (let row = 1; row < tree.table.count; row++) {
            const node = tree.view(row);
            // Ends at the root: no cycle.
            const path = tree.pathOf(node);
            if (!node.dead) expect(tree.resolve(path)?.id).toBe(node.id);
            const removals = all.filter((entry) => entry.node === node.id && entry.change.op === 'remove');
            const acts = all.filter((entry) => entry.node === node.id && entry.change.op !== 'remove');
            const covered = (act: Entry): boolean =>
              removals.some(
                (gone) =>
                  gone.change.op === 'remove' &&
                  (gone.device === act.device ? gone.seq > act.seq : (gone.change.seen[act.device] ?? 0) >= act.seq),
              );
            if (!acts.every(covered)) expect(node.dead).toBe(false);
            else if (node.kind === 'file') expect(node.dead).toBe(true);
          }
        },
      ),
      { numRuns: 700 },
    );
  });

  test('every entry taken back leaves what was there', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        (before, after) => {
          const [one, two] = [new Replica(0, 0), new Replica(1, 7)];
          run([one, two], before);
          one.pull(two, true);
          const tree = one.tree;
          const state = shown(tree);
          const undos: (() => void)[] = [];
          const apply = tree.apply.bind(tree);
          tree.apply = (entry) => {
            const done = apply(entry);
            if (done) undos.push(done.undo);
            return done;
          };
          run(
            [one],
            after.map((some) => ({ ...some, act: some.act === 8 ? 0 : some.act })),
          );
          for (const undo of undos.toReversed()) undo();
          expect(shown(tree)).toEqual(state);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('[T2] two files that want one name are both shown; the earlier has it', () => {
    const [one, two] = [new Replica(0, 0), new Replica(1, 0)];
    const make =
      (name: string): ((seen: VersionVector) => Op) =>
      () => ({ op: 'create', parent: ROOT, name, as: 'text', size: 1, hash: HASH, attrs: {} });
    one.act(10_000, nodeOf(1), make('notes.md'));
    two.act(20_000, nodeOf(2), make('notes.md'));
    meet([one, two]);
    for (const { tree } of [one, two]) {
      expect(tree.resolve('/notes.md')?.id).toBe(nodeOf(1));
      const other = tree.resolve(`/${aliasOf('notes.md', nodeOf(2).slice(0, 8))}`);
      expect(other?.id).toBe(nodeOf(2));
      expect(disagreements(tree).map(({ kind }) => kind)).toEqual(['name']);
    }
    // The first goes away: the other has the name.
    one.act(30_000, nodeOf(1), (seen) => ({ op: 'remove', seen }));
    expect(one.tree.resolve('/notes.md')?.id).toBe(nodeOf(2));
    expect(disagreements(one.tree)).toEqual([]);
  });

  test('[T1] folders moved into each other: the later move is passed over and said', () => {
    const [one, two] = [new Replica(0, 0), new Replica(1, 0)];
    const [a, b] = [folderId(ROOT, 'a'), folderId(ROOT, 'b')];
    one.act(1, a, () => ({ op: 'mkdir', parent: ROOT, name: 'a' }));
    one.act(2, b, () => ({ op: 'mkdir', parent: ROOT, name: 'b' }));
    two.pull(one, true);
    one.act(10, a, () => ({ op: 'reparent', parent: b }));
    two.act(20, b, () => ({ op: 'reparent', parent: a }));
    meet([one, two]);
    for (const { tree } of [one, two]) {
      expect(tree.resolve('/b/a')?.id).toBe(a);
      expect(disagreements(tree).map(({ kind, row }) => [kind, tree.view(row).id])).toEqual([['folder', b]]);
    }
    two.act(30, b, () => ({ op: 'restore' }));
    expect(disagreements(two.tree)).toEqual([]);
  });

  test('[T1] an edit wins over a removal that had not seen it, until somebody says what shall be', () => {
    const [one, two] = [new Replica(0, 0), new Replica(1, 0)];
    one.act(1, nodeOf(1), () => ({
      op: 'create',
      parent: ROOT,
      name: 'x',
      as: 'text',
      size: 1,
      hash: HASH,
      attrs: {},
    }));
    two.pull(one, true);
    one.act(10, nodeOf(1), (seen) => ({ op: 'remove', seen }));
    two.act(5, nodeOf(1), () => ({ op: 'edit', size: 2, hash: HASH }));
    meet([one, two]);
    expect(
      [one, two].map(({ tree }) => tree.resolve('/x') && tree.stat(tree.view(tree.resolve('/x')?.row ?? 0)).conflict),
    ).toEqual(Array(2).fill('Removed on one device and changed on another, so it was kept.'));
    one.act(20, nodeOf(1), () => ({ op: 'restore' }));
    expect(disagreements(one.tree)).toEqual([]);
    one.act(21, nodeOf(1), (seen) => ({ op: 'remove', seen }));
    expect(one.tree.resolve('/x')).toBeUndefined();
  });

  test('a name from elsewhere that could not be part of a path is replaced; an entry about nothing is passed over', () => {
    const one = new Replica(0, 0);
    one.act(1, nodeOf(1), () => ({
      op: 'create',
      parent: ROOT,
      name: '../x',
      as: 'text',
      size: 1,
      hash: HASH,
      attrs: {},
    }));
    expect(one.tree.resolve(`/${nodeOf(1)}`)?.id).toBe(nodeOf(1));
    one.act(2, nodeOf(9), () => ({ op: 'edit', size: 1, hash: HASH }));
    expect(one.tree.orphans).toBe(1);
    expect(aliasOf('x'.repeat(255), 'ab')).toHaveLength(255);
  });
});
