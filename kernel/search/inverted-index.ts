/**
 * The full-text index: a projection kept up behind the writes. [S5] It never has to be believed: a place in it holds for
 * the content hash it was made of, so whoever asks compares with the tree and reads the files that do not fit. Notices
 * say only what to look at; after boot everything is looked at once. In memory are the documents, postings are read.
 */
import type { NodeId, VersionVector } from '../protocol/entry.ts';
import type { Database } from '../store/schema.ts';
import { isFenced } from '../store/transact.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import type { Content, FileNode, Files } from './files.ts';
import { lookUp, type Lookup } from './lookup.ts';
import { due, merge, SEGMENT_DOCUMENTS } from './merge.ts';
import { createNamed } from './named.ts';
import { bucketsFor, IndexDamaged, type Doc, type Postings } from './segment.ts';
import { createShelf, SEARCH_VERSION, type Kept, type Mark, type Shelf } from './shelf.ts';
import { countTerms, type Wanted } from './tokens.ts';

/** Well below the half second that results may trail a write in the index. */
const GATHER_MS = 150;
const AGAIN_MS = 5000;
/** Half of what a segment may hold: what is taken in at once is not merged again. */
const BATCH_DOCUMENTS = SEGMENT_DOCUMENTS / 2;
const BATCH_CHARACTERS = 8_000_000;
/** So many are read and counted, or written, before calls are answered. */
const AT_ONCE = 256;
const LOOKUPS = 3;

export type Index = {
  /** These files may have changed. */
  changed: (nodes: Iterable<NodeId>) => void;
  /**
   * How often each wanted term is in a file, and which files there are to ask about: all that have a term, or may; that
   * are not indexed as they are; or whose own name, or that of a folder above, meets one.
   */
  lookup: (wanted: readonly Wanted[]) => Promise<Lookup>;
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
  const waiting = new Set<NodeId>();
  /** Taken from what waits, and not stored yet. */
  const underWay = new Set<NodeId>();
  const named = createNamed(files);
  const tally = { texts: 0, rows: 0 };
  let opening: Promise<State> | undefined;
  let lock: Promise<unknown> = Promise.resolve();
  let cancel: (() => void) | undefined;
  let stopped = false;
  /** Raised when rows of segments go: a lookup begun before may miss them. */
  let merges = 0;
  let looked = false;
  let held: State | undefined;

  const load = async (): Promise<State> => {
    const stored = await shelf.load(vector());
    const catalogue = createCatalogue(files.get);
    for (const segment of stored?.segments ?? []) catalogue.add(segment);
    return (held = { catalogue, next: stored?.mark.next ?? 1, wipe: !stored });
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

  const changed: Index['changed'] = (nodes) => {
    for (const node of nodes) {
      waiting.add(node);
      named.note(node);
    }
    if (waiting.size > 0) schedule(GATHER_MS);
  };

  const look = ({ catalogue }: State): void => {
    named.all((node) => {
      if (!catalogue.find(node)) waiting.add(node.id);
    });
    looked = true;
  };

  /** The text of one file into the batch; what is no text is noted as such. */
  const take = async (
    id: NodeId,
    { catalogue }: State,
    ahead: ReadonlyMap<NodeId, Content>,
    docs: Doc[],
    postings: Postings,
  ): Promise<number> => {
    const node = files.get(id);
    const path = files.pathOf(id);
    if (!node || node.dead || node.kind === 'dir' || node.as === 'blob' || path === undefined) {
      catalogue.forget(id);
      return 0;
    }
    if (catalogue.find(node)) return 0;
    const read = ahead.get(id);
    const content = read?.hash === node.hash ? read : await files.read(path);
    if (!content) return 0;
    tally.texts++;
    const { terms, length, cut } = countTerms(content.text ?? '');
    const doc = docs.push({ node: id, hash: content.hash, length, text: content.text !== undefined, cut }) - 1;
    for (const [term, count] of terms) {
      const list = postings.get(term);
      if (list) list.push(doc, count);
      else postings.set(term, [doc, count]);
    }
    return content.text?.length ?? 0;
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

  const store = async (state: State, docs: Doc[], postings: Postings): Promise<void> => {
    const kept = { id: state.next, buckets: bucketsFor(docs.length) };
    const mark = markWith(state, kept, []);
    const loaded =
      state.wipe || docs.length <= AT_ONCE
        ? await shelf.add(mark, kept, docs, postings, state.wipe)
        : await shelf.addInParts(mark, kept, docs, postings);
    Object.assign(state, { wipe: false, next: kept.id + 1 });
    state.catalogue.add(loaded);
  };

  const tidy = async (state: State): Promise<void> => {
    for (let from = due(state.catalogue.segments.values()); from.length > 0 && !stopped;) {
      const loaded = await merge(shelf, state.catalogue, from, state.next, (kept, gone) => markWith(state, kept, gone));
      merges++;
      state.next = loaded.id + 1;
      state.catalogue.add(loaded);
      state.catalogue.drop(from.map(({ id }) => id));
      from = due(state.catalogue.segments.values());
    }
  };

  const batch = async (state: State): Promise<void> => {
    const docs: Doc[] = [];
    const postings: Postings = new Map();
    const taken: NodeId[] = [];
    try {
      for (let characters = 0; characters < BATCH_CHARACTERS && docs.length < BATCH_DOCUMENTS && !stopped;) {
        const next: NodeId[] = [];
        for (const id of waiting) if (next.push(id) === AT_ONCE) break;
        if (next.length === 0) break;
        const ahead = await files.readMany(next);
        for (const id of next) {
          waiting.delete(id);
          underWay.add(id);
          taken.push(id);
          characters += await take(id, state, ahead, docs, postings);
        }
      }
      if (docs.length > 0 && !stopped) await store(state, docs, postings);
    } catch (cause) {
      for (const id of taken) waiting.add(id);
      throw cause;
    } finally {
      for (const id of taken) underWay.delete(id);
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
    const fresh: State = { catalogue: createCatalogue(files.get), next: state.next, wipe: true };
    held = fresh;
    opening = Promise.resolve(fresh);
    look(fresh);
    schedule(GATHER_MS);
  };

  const flush = (): Promise<void> =>
    exclusive(async () => {
      const state = await open();
      try {
        if (!looked) look(state);
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

  const withNames = ({ of, each }: Lookup, wanted: readonly Wanted[]): Lookup => ({
    of,
    each: (visit) => {
      each(visit);
      const ask = (node: FileNode): void => visit(node, of(node));
      for (const ids of [waiting, underWay])
        for (const id of ids) {
          const node = files.get(id);
          if (node) ask(node);
        }
      named.each(wanted, ask);
    },
  });

  const lookup: Index['lookup'] = async (wanted) => {
    for (let tries = 0; tries < LOOKUPS; tries++) {
      const state = await open();
      if (!looked) look(state);
      const before = merges;
      try {
        const found = await lookUp(shelf, state.catalogue, wanted, files.get);
        tally.rows += found.rows;
        if (merges === before) return withNames(found.lookup, wanted);
      } catch (cause) {
        if (!(cause instanceof IndexDamaged)) throw cause;
        // Not damage when a merge took the rows away meanwhile.
        await exclusive(async () => {
          if (merges === before && (await open()) === state) drop(state);
        });
      }
    }
    // It gives way all the time: then it knows of nothing, and everything is read.
    return { of: () => undefined, each: (visit) => named.all((node) => visit(node, undefined)) };
  };

  return {
    changed,
    lookup,
    flush,
    start: () => schedule(GATHER_MS),
    stop: async () => {
      stopped = true;
      cancel?.();
      await lock;
    },
    counts: () => ({
      documents: held?.catalogue.size() ?? 0,
      segments: held?.catalogue.segments.size ?? 0,
      due: waiting.size,
      ...tally,
    }),
  };
};
