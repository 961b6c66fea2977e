/**
 * What one entry does to the tree. In the end the same for the same entries, whatever order they came in: a name and a
 * place are last-writer-wins registers, folders move as `folder-moves.ts` says, removal is as `presence.ts` says. Each
 * entry of this device can be taken back until the next one. It knows nothing of contents.
 */
import type { DeviceId, Entry, NodeId, Op, RevisionId, VersionVector } from '../protocol/entry.ts';
import { segmentProblem } from '../protocol/paths.ts';
import type { FolderMove } from './folder-moves.ts';
import { compareStamps, DEAD, EXISTS, FOLDER, LOADED, MIXED, SHOWN, type Row, type Stamp } from './node-table.ts';
import { acted, isDead, removed, restored } from './presence.ts';
import { ROOT_ROW, type TreeState, type Undo } from './tree-state.ts';

/** What an entry did: how to take it back, and what its author had not seen of this file, if anything (`HistRow.seen`). */
export type Applied = {
  undo: Undo;
  seen?: Record<string, number>;
  /** The only revision there was before: told with the second. */
  first?: RevisionId;
};

type Moved = Omit<FolderMove, 'from'>;

const seconds = ({ at }: Stamp): number => Math.min(0xffffffff, Math.floor(at / 1000));

/** Apply one entry; nothing when it is about no node, or about one that is not there. */
export const applyEntry = (state: TreeState, entry: Entry): Applied | undefined => {
  const done = applyAlone(state, entry);
  if (done?.moved) {
    const undo = relocate(state, [done.moved]);
    return { ...done, undo: () => (undo(), done.undo()) };
  }
  return done;
};

/** Apply what came from elsewhere; moves of folders that come one after another are put in their place together. */
export const applyEntries = (
  state: TreeState,
  entries: readonly Entry[],
  applied: (entry: Entry, done: Applied) => void,
): void => {
  let moved: Moved[] = [];
  const settle = (): void => {
    if (moved.length > 0) relocate(state, moved);
    moved = [];
  };
  for (const entry of entries) {
    if (entry.change.op !== 'move' && entry.change.op !== 'reparent') settle();
    const done = applyAlone(state, entry);
    if (done?.moved) moved.push(done.moved);
    if (done) applied(entry, done);
  }
  settle();
};

const applyAlone = (state: TreeState, entry: Entry): (Applied & { moved?: Moved }) | undefined => {
  const { change, device } = entry;
  const newest = state.applied.get(device) ?? 0;
  if (entry.seq <= newest) return undefined;
  state.applied.set(device, entry.seq);
  if (change.op === 'session' || change.op === 'remove') sees(state, device, change.seen);
  if (change.op === 'session') return undefined;
  const found = state.table.find(entry.node);
  const makes = change.op === 'mkdir' || change.op === 'create';
  if (!makes && !(found >= 0 && state.table.has(found, EXISTS))) {
    state.orphans++;
    return undefined;
  }
  const row = state.table.row(entry.node);
  const undos: Undo[] = [() => void state.applied.set(device, newest), state.saveRow(row)];
  const isNew = !state.table.has(row, EXISTS);
  const first = state.table.revisions[row] === 1 ? state.view(row).revision : undefined;
  const stamp: Stamp = { at: entry.at, tick: entry.tick, device };
  const seen = isNew ? undefined : unseen(state, row, device);
  state.hide(row);
  if (isNew && makes) make(state, row, change, stamp);
  noteAct(state, row, change, stamp, entry.seq, isNew);
  const moved = carryOut(state, row, change, stamp, isNew, seen !== undefined, undos);
  noteRevision(state, row, entry, stamp);
  state.refresh(row);
  if (!state.table.has(row, SHOWN)) undos.push(state.notePast(row));
  state.touch(row);
  const undo = (): void => {
    state.hide(row);
    for (const one of undos.reverse()) one();
    state.refresh(row);
    state.touch(row);
  };
  return { undo, ...(seen ? { seen } : {}), ...(first ? { first } : {}), ...(moved ? { moved } : {}) };
};

const make = (state: TreeState, row: Row, change: Extract<Op, { op: 'mkdir' | 'create' }>, stamp: Stamp): void => {
  const { table } = state;
  table.flags[row] = EXISTS | (change.op === 'mkdir' ? FOLDER | LOADED : 0);
  table.parents[row] = state.folderRow(change.parent);
  table.names[row] = nameFor(state, row, change.name);
  table.placed[row] = seconds(stamp);
  table.revisions[row] = 0;
  table.at[row] = -1;
  if (change.op === 'create' && Object.keys(change.attrs).length > 0) table.attrs.set(row, { ...change.attrs });
};

/** A name from elsewhere that could not be part of a path is replaced, not refused: what it names is kept. */
const nameFor = (state: TreeState, row: Row, name: string): string => {
  return segmentProblem(name) === undefined ? name : state.table.id(row);
};

const carryOut = (
  state: TreeState,
  row: Row,
  change: Op,
  stamp: Stamp,
  isNew: boolean,
  apart: boolean,
  undos: Undo[],
): Moved | undefined => {
  const { table } = state;
  switch (change.op) {
    case 'create':
    case 'put':
    case 'edit':
    case 'append':
      // What stands after contents were changed apart, no entry says: the file system makes it from all of them.
      if (apart) table.mark(row, MIXED, true);
      else
        state
          .view(row)
          .setContent('as' in change ? change.as : (state.view(row).as ?? 'text'), change.size, change.hash);
      if (change.op === 'create' && !isNew) placeAgain(state, row, change, stamp);
      if (!apart && state.lost.delete(row)) state.touch(row);
      return undefined;
    case 'mkdir':
      if (!isNew) sinceFirst(state, row, stamp);
      return undefined;
    case 'attr':
      setAttr(state, row, change.key, change.value, stamp);
      return undefined;
    case 'move':
    case 'rename':
    case 'reparent':
      return moveTo(state, row, change, stamp, undos);
    default:
      return undefined;
  }
};

/** Made on two devices as one node: of two places, the smaller; since when, the earlier. */
const placeAgain = (state: TreeState, row: Row, change: { parent: NodeId; name: string }, stamp: Stamp): void => {
  const { table } = state;
  const set = state.registers.get(row);
  const name = nameFor(state, row, change.name);
  if (!set?.place && change.parent < state.view(row).parent) table.parents[row] = state.folderRow(change.parent);
  if (!set?.name && name < (table.names[row] ?? '')) table.names[row] = name;
  sinceFirst(state, row, stamp);
};

/** Made twice and never moved, it has its place since the first time. */
const sinceFirst = (state: TreeState, row: Row, stamp: Stamp): void => {
  const set = state.registers.get(row);
  if (!set?.place && !set?.name) state.table.placed[row] = Math.min(state.table.placed[row] ?? 0, seconds(stamp));
};

const setAttr = (state: TreeState, row: Row, key: string, value: string, stamp: Stamp): void => {
  const set = state.registers.get(row) ?? {};
  const before = set.attrs?.[key];
  if (before && compareStamps(before, stamp) > 0) return;
  state.registers.set(row, { ...set, attrs: { ...set.attrs, [key]: stamp } });
  state.table.attrs.set(row, { ...state.table.attrs.get(row), [key]: value });
};

const moveTo = (
  state: TreeState,
  row: Row,
  change: Extract<Op, { op: 'move' | 'rename' | 'reparent' }>,
  stamp: Stamp,
  undos: Undo[],
): Moved | undefined => {
  const { table } = state;
  const set = { ...state.registers.get(row) };
  const newer = (before: Stamp | undefined): boolean => !before || compareStamps(before, stamp) < 0;
  undos.push(state.notePast(row));
  if ('name' in change && newer(set.name)) {
    table.names[row] = nameFor(state, row, change.name);
    table.placed[row] = Math.max(table.placed[row] ?? 0, seconds(stamp));
    set.name = stamp;
  }
  let moved: Moved | undefined;
  if ('parent' in change) {
    const to = state.folderRow(change.parent);
    if (table.has(row, FOLDER)) moved = { stamp, row, to };
    else if (newer(set.place)) {
      table.parents[row] = to;
      table.placed[row] = Math.max(table.placed[row] ?? 0, seconds(stamp));
    }
    if (newer(set.place)) set.place = stamp;
  }
  state.registers.set(row, set);
  return moved;
};

/** Put moves of folders in their place, and show what moved where it is now. */
const relocate = (state: TreeState, batch: readonly Moved[]): Undo => {
  const { table, moves } = state;
  const rows = [...moves.affected(batch)];
  const before = rows.map((row) => table.parents[row] ?? ROOT_ROW);
  const undos: Undo[] = [];
  for (const row of rows) state.hide(row);
  moves.insert(batch);
  rows.forEach((row, i) => {
    const from = before[i] ?? ROOT_ROW;
    if (table.parents[row] === from) return;
    undos.push(state.folders.notePast(from, table.names[row] ?? '', table.id(row)));
    state.touchIn(from, row);
    state.touch(row);
  });
  for (const { row, stamp } of batch) table.placed[row] = Math.max(table.placed[row] ?? 0, seconds(stamp));
  for (const row of rows) {
    state.refresh(row);
    if (!table.has(row, SHOWN)) undos.push(state.notePast(row));
  }
  // Only a move made here can be taken back, and it is the newest.
  return () => {
    for (const row of rows) state.hide(row);
    moves.takeBack();
    for (const undo of undos.reverse()) undo();
    for (const row of rows) state.refresh(row);
  };
};

const noteAct = (state: TreeState, row: Row, change: Op, stamp: Stamp, seq: number, isNew: boolean): void => {
  const { table } = state;
  const own = table.devices.list[table.device[row] ?? 0];
  const known = state.presence.get(row);
  // While one device alone acts and nobody removes, the newest revision says it all.
  const marks = change.op === 'remove' || change.op === 'restore';
  if (!known && (isNew || (own === stamp.device && !marks))) return;
  const alone: VersionVector = own === undefined ? {} : { [own]: table.seqs[row] ?? 0 };
  const before = known ?? { acts: alone, covers: {}, last: alone };
  const after =
    change.op === 'remove'
      ? removed(before, stamp, seq, change.seen)
      : change.op === 'restore'
        ? restored(before, stamp, seq)
        : acted(before, stamp, seq);
  state.presence.set(row, after);
  table.mark(row, DEAD, isDead(after));
};

/** What others did with the node that this author had not seen; nothing when he had seen it all. */
const unseen = (state: TreeState, row: Row, device: DeviceId): Record<string, number> | undefined => {
  const { table } = state;
  const own = table.devices.list[table.device[row] ?? 0] ?? '';
  const last = state.presence.get(row)?.last ?? { [own]: table.seqs[row] ?? 0 };
  const seen = state.seenBy.get(device) ?? {};
  const others = Object.entries(last).filter(([other]) => other !== device);
  if (others.every(([other, seq]) => seq <= (seen[other] ?? 0))) return undefined;
  return Object.fromEntries(others.map(([other]) => [other.slice(0, 12), seen[other] ?? 0]));
};

export const sees = (state: TreeState, device: DeviceId, vector: VersionVector): void => {
  const known = { ...state.seenBy.get(device) };
  for (const [other, seq] of Object.entries(vector)) known[other] = Math.max(known[other] ?? 0, seq);
  state.seenBy.set(device, known);
};

const noteRevision = (state: TreeState, row: Row, entry: Entry, stamp: Stamp): void => {
  const { table } = state;
  table.revisions[row] = (table.revisions[row] ?? 0) + 1;
  if ((table.at[row] ?? -1) >= 0 && compareStamps(table.stamp(row), stamp) > 0) return;
  table.at[row] = entry.at;
  table.ticks[row] = entry.tick;
  table.device[row] = table.devices.of(entry.device);
  table.seqs[row] = entry.seq;
  table.actor[row] = table.actors.of(entry.actor);
};
