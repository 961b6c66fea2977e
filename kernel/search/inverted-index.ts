/**
 * The full-text index: a projection kept up behind the writes. [S5] It never has to be believed: a place in it holds for
 * the content hash it was made of, so whoever asks compares with the tree and reads the files that do not fit. Notices
 * say only what to look at; after boot everything is looked at once. In memory are the documents, postings are read.
 */
import type { NodeId, VersionVector } from '../protocol/entry.ts';
import type { Database } from '../store/schema.ts';
import { isFenced } from '../store/transact.ts';
import { Catalogue, type Segment } from './catalogue.ts';
import type { Kept } from './documents.ts';
import type { Content, FileNode, Files } from './files.ts';
import { Gathering } from './gathering.ts';
import { Listing } from './listing.ts';
import { lookUp, NOTHING_FOUND, type Found, type Lookup } from './lookup.ts';
import { due, merge, SEGMENT_DOCUMENTS } from './merge.ts';
import { createNaming } from './naming.ts';
import { NodeNumbers } from './node-numbers.ts';
import { bucketsFor, IndexDamaged } from './segment.ts';
import { createShelf, SEARCH_VERSION, type Mark, type Shelf } from './shelf.ts';
import type { Wanted } from './tokens.ts';
import { AT_ONCE, Waiting } from './waiting.ts';

/** Well below the half second that results may trail a write in the index. */
const GATHER_MS = 150;
const AGAIN_MS = 5000;
/** Half of what a segment may hold: what is taken in at once is not merged again. */
const BATCH_DOCUMENTS = SEGMENT_DOCUMENTS / 2;
const BATCH_CHARACTERS = 16_000_000;
const LOOKUPS = 3;

export type Index = {
  /** These files may have changed; `placed` when their names or places may have, too. */
  changed: (nodes: Iterable<NodeId>, placed?: boolean) => void;
  /** The tree is another than it was: everything is looked at again. */
  again: () => void;
  /** How often that was said. */
  generation: () => number;
  lookup: (wanted: readonly Wanted[]) => Promise<Lookup>;
  /** Read what is stored; the tree is not asked yet. */
  open: () => Promise<void>;
  /** Waits for nothing but the clock: the first look at everything comes after boot. */
  start: () => void;
  stop: () => Promise<void>;
  /** Index what is due now. */
  flush: () => Promise<void>;
  counts: () => { documents: number; segments: number; due: number; texts: number; rows: number };
};

type Options = {
  db: Database;
  epoch: number;
  files: Files;
  /** How far the journal is durable. */
  vector: () => VersionVector;
  setTimer: (run: () => void, ms: number) => () => void;
};

type State = {
  catalogue: Catalogue;
  next: number;
  /** What is stored cannot be trusted: the first write clears it. */ wipe: boolean;
};

export const createIndex = ({ db, epoch, files, vector, setTimer }: Options): Index => {
  const shelf: Shelf = createShelf(db, epoch);
  const waiting = new Waiting(files);
  const tally = { texts: 0, rows: 0 };
  let opening: Promise<State> | undefined;
  let lock: Promise<unknown> = Promise.resolve();
  let cancel: (() => void) | undefined;
  let stopped = false;
  /** Raised when rows of segments go: a lookup begun before may miss them. */
  let merges = 0;
  let generation = 0;
  let held: State | undefined;
  const numbers = new NodeNumbers();
  const look = (file: number, node: FileNode): void => {
    if (held && !held.catalogue.look(file, node)) waiting.add(node.id);
  };
  const listing = new Listing(numbers, files, look);

  const load = async (): Promise<State> => {
    const stored = await shelf.load(vector());
    const catalogue = new Catalogue(numbers);
    for (const segment of stored?.segments ?? []) catalogue.add(segment);
    held = { catalogue, next: stored?.mark.next ?? 1, wipe: !stored };
    listing.forget();
    return held;
  };
  const open = (): Promise<State> =>
    (opening ??= load().catch((cause: unknown) => {
      opening = undefined;
      throw cause;
    }));

  const schedule = (ms: number): void => {
    if (stopped) return;
    cancel ??= setTimer(() => {
      cancel = undefined;
      // What fails here is tried again; what is asked meanwhile is read from the files.
      flush().catch(() => schedule(AGAIN_MS));
    }, ms);
  };

  const changed: Index['changed'] = (nodes, placed = false) => {
    for (const id of nodes) {
      waiting.add(id);
      const node = files.get(id);
      if (!held || !node) continue;
      const file = numbers.of(id);
      if (node.kind === 'file') look(file, node);
      if (placed || (node.kind === 'file' && !listing.lists(file, node))) listing.placed(node);
    }
    if (waiting.size > 0) schedule(GATHER_MS);
  };

  const again: Index['again'] = () => {
    generation++;
    listing.forget();
    schedule(GATHER_MS);
  };

  /** The names as the tree has them now; after the first time, only what was noticed is looked at. */
  const sync = ({ catalogue }: State): void => {
    if (listing.sync()) catalogue.keep((file) => listing.has(file));
  };

  /** What was just stored may be of files that changed meanwhile. */
  const settle = ({ catalogue }: State, { numbers: stored }: Segment): void => {
    for (const file of stored) {
      const node = files.get(numbers.id(file));
      if (node && !node.dead) catalogue.look(file, node);
      else catalogue.forget(file);
    }
  };

  const take = async (
    id: NodeId,
    state: State,
    ahead: ReadonlyMap<NodeId, Content>,
    into: Gathering,
  ): Promise<void> => {
    const node = files.get(id);
    const path = files.pathOf(id);
    const file = numbers.of(id);
    if (!node || node.dead || node.kind === 'dir' || node.as === 'blob' || path === undefined)
      return state.catalogue.forget(file);
    if (state.catalogue.look(file, node)) return;
    const read = ahead.get(id);
    const content = read?.hash === node.hash ? read : await files.read(path);
    if (!content) return;
    tally.texts++;
    into.take(id, content.hash, content.text);
  };

  const markWith = (state: State, kept: Kept, gone: readonly Kept[]): Mark => ({
    version: SEARCH_VERSION,
    vector: vector(),
    segments: [
      ...[...state.catalogue.segments.values()].filter(({ id }) => !gone.some((other) => other.id === id)),
      kept,
    ].map(({ id, buckets }) => ({ id, buckets })),
    // A number is used up only by the mark that names it: what a failed merge left is cleared by the next.
    next: kept.id + 1,
  });

  const store = async (state: State, gathered: Gathering): Promise<void> => {
    const { count } = gathered;
    const postings = gathered.postings();
    const kept = { id: state.next, buckets: bucketsFor(count) };
    const mark = markWith(state, kept, []);
    const loaded =
      state.wipe || count <= AT_ONCE
        ? await shelf.add(mark, kept, gathered.documents(), postings, state.wipe)
        : await shelf.addInParts(mark, kept, gathered.documents(), postings);
    Object.assign(state, { wipe: false, next: kept.id + 1 });
    settle(state, state.catalogue.add(loaded));
  };

  const tidy = async (state: State): Promise<void> => {
    for (let from = due(state.catalogue.segments.values()); from.length > 0 && !stopped;) {
      const loaded = await merge(shelf, state.catalogue, from, state.next, (kept, gone) => markWith(state, kept, gone));
      merges++;
      state.next = loaded.id + 1;
      const merged = state.catalogue.add(loaded);
      state.catalogue.drop(from.map(({ id }) => id));
      settle(state, merged);
      from = due(state.catalogue.segments.values());
    }
  };

  const batch = async (state: State): Promise<void> => {
    const gathered = new Gathering();
    const taken: NodeId[] = [];
    try {
      while (gathered.characters < BATCH_CHARACTERS && gathered.count < BATCH_DOCUMENTS && !stopped) {
        const some = waiting.take();
        if (!some) break;
        taken.push(...some.ids);
        const ahead = await some.contents;
        for (const id of some.ids) await take(id, state, ahead, gathered);
      }
      if (gathered.count > 0 && !stopped) await store(state, gathered);
    } catch (cause) {
      waiting.giveBack(taken);
      throw cause;
    }
  };

  const exclusive = <T>(body: () => Promise<T>): Promise<T> => {
    const turn = lock.then(body);
    lock = turn.catch(() => undefined);
    return turn;
  };

  /** Begin again from nothing: the files are the truth, and are read until they are indexed. */
  const drop = (state: State): void => {
    if (opening === undefined || stopped) return;
    held = { catalogue: new Catalogue(numbers), next: state.next, wipe: true };
    opening = Promise.resolve(held);
    listing.forget();
    sync(held);
    schedule(GATHER_MS);
  };

  const flush = (): Promise<void> =>
    exclusive(async () => {
      const state = await open();
      try {
        sync(state);
        while (waiting.size > 0 && !stopped) {
          await batch(state);
          await tidy(state);
        }
      } catch (cause) {
        if (isFenced(cause)) stopped = true;
        else if (cause instanceof IndexDamaged) drop(state);
        else throw cause;
      }
    });

  const postings = async (wanted: readonly Wanted[]): Promise<Found> => {
    for (let tries = 0; tries < LOOKUPS; tries++) {
      const state = await open();
      const before = merges;
      try {
        const found = await lookUp(shelf, state.catalogue, wanted);
        tally.rows += found.rows;
        if (merges === before) return found;
      } catch (cause) {
        if (!(cause instanceof IndexDamaged)) throw cause;
        // Not damage when a merge took the rows away meanwhile.
        await exclusive(async () => {
          if (merges === before && (await open()) === state) drop(state);
        });
      }
    }
    return NOTHING_FOUND;
  };

  const lookup: Index['lookup'] = async (wanted) => {
    const found = await postings(wanted);
    const naming = createNaming(wanted);
    return {
      ...found,
      id: (file) => numbers.id(file),
      visit: (under, visit) => {
        if (held) sync(held);
        if (waiting.size > 0) schedule(GATHER_MS);
        listing.visit(under, naming, visit);
      },
    };
  };

  return {
    changed,
    again,
    generation: () => generation,
    lookup,
    open: async () => void (await open()),
    flush,
    start: () => schedule(GATHER_MS),
    stop: async () => {
      stopped = true;
      cancel?.();
      await lock;
    },
    counts: () => ({
      documents: held?.catalogue.size ?? 0,
      segments: held?.catalogue.segments.size ?? 0,
      due: waiting.size,
      ...tally,
    }),
  };
};
