/**
 * Files open in an editor: a Y.Doc shared with every open tab, with y-indexeddb as its write-ahead buffer. What is
 * typed is sealed into the journal after 500 ms of quiet, at most 2 s, on close, and at boot if a crash left some.
 * The buffer is never the record; Yjs updates are idempotent, so a torn or doubled buffer is harmless.
 */
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { toUtf8 } from '../protocol/bytes.ts';
import type { NodeId, RevisionId } from '../protocol/entry.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Database, SysRow } from '../store/schema.ts';
import { request, transactFenced } from '../store/transact.ts';
import { OPEN_KEY } from './editors.ts';
import type { Fs } from './fs.ts';
import type { Author } from './stage.ts';
import { textHash } from './text-form.ts';
import { buildDoc, captured, missingUpdate, textOf } from './texts.ts';

const IDLE_MS = 500;
const MAX_MS = 2000;

export type Sink = (update: Uint8Array) => void;
export type Seat = {
  state: Uint8Array;
  stat: Stat;
  /** An edit typed in this seat. */
  send: (update: Uint8Array) => void;
  /** Leave; resolves with the revisions that sealing made. */
  close: () => Promise<RevisionId[]>;
};

export type Live = {
  open: (path: Path, author: Author, sink: Sink) => Promise<Result<Seat>>;
  /** Seal everything typed so far, in every open file. */
  sealAll: () => Promise<void>;
  /** Seal what an earlier session typed and did not seal. */
  recover: () => Promise<void>;
  stop: () => Promise<void>;
};

type Open = {
  id: NodeId;
  doc: Y.Doc;
  buffer: IndexeddbPersistence;
  seats: Map<object, Sink>;
  author: Author;
  dirtySince: number;
  cancel?: (() => void) | undefined;
  sealing: Promise<RevisionId[]>;
  /** Left by everybody, or its file became another document: nothing is sealed from it any more. */
  finished?: Promise<void>;
};

export type LiveOptions = {
  db: Database;
  fs: Fs;
  epoch: number;
  now: () => number;
  setTimer: (run: () => void, ms: number) => () => void;
};

const FROM_KERNEL = { kernel: true };

export const createLive = ({ db, fs, epoch, now, setTimer }: LiveOptions): Live => {
  const open = new Map<NodeId, Promise<Open>>();
  /** Buffers being cleared: whoever opens the file next waits for it. */
  const clearing = new Map<NodeId, Promise<void>>();
  const bufferName = (id: NodeId): string => `${db.name}:live:${id}`;

  /** Which files have a buffer: written before the first keystroke, so that boot knows where to look. */
  const remember = (change: (ids: Set<NodeId>) => void): Promise<void> =>
    transactFenced(db, epoch, ['sys'], async ({ sys }) => {
      const row = (await request(sys.get(OPEN_KEY))) as SysRow | undefined;
      const ids = new Set((row?.v as NodeId[] | undefined) ?? []);
      change(ids);
      await request(sys.put({ k: OPEN_KEY, v: [...ids] }));
    });

  const seal = (file: Open, author: Author): Promise<RevisionId[]> =>
    (file.sealing = file.sealing
      .catch(() => [])
      .then(() =>
        fs.exclusive(async () => {
          file.cancel?.();
          file.cancel = undefined;
          file.dirtySince = 0;
          const node = fs.node(file.id);
          if (file.finished || node?.as !== 'text') return [];
          const held = await fs.contents.load(node);
          if (held.as !== 'text') return [];
          const doc = await fs.contents.document(held);
          // What others wrote comes in first: what is left is what was typed here. Nothing of it may enter the held
          // document without an entry, or later updates would build on clocks that the journal does not know.
          Y.applyUpdate(file.doc, missingUpdate(doc, file.doc), FROM_KERNEL);
          const text = textOf(file.doc);
          if (text === held.text) return [];
          const update = captured(doc, () => Y.applyUpdate(doc, missingUpdate(file.doc, doc), FROM_KERNEL));
          if (!update) return [];
          const change = { op: 'edit', size: toUtf8(text).length, hash: textHash(text) } as const;
          const touched = [{ node, path: fs.pathOf(node), op: 'edit' as const }];
          const staged = { revisions: [], touched, contents: new Map([[file.id, { ...held, text }]]) };
          await fs.commit([{ ...author, node: file.id, change, payload: update }], staged, author);
          return staged.revisions;
        }),
      ));

  const schedule = (file: Open): void => {
    file.dirtySince ||= now();
    file.cancel?.();
    const wait = Math.max(0, Math.min(IDLE_MS, file.dirtySince + MAX_MS - now()));
    // A refused seal (no room) keeps the buffer; the next keystroke or boot tries again.
    file.cancel = setTimer(() => void seal(file, file.author).catch(() => undefined), wait);
  };

  const start = async (id: NodeId, author: Author): Promise<Open> => {
    await clearing.get(id);
    const node = fs.node(id);
    const held = node && (await fs.contents.load(node));
    const doc = buildDoc(held?.as === 'text' ? [Y.encodeStateAsUpdate(await fs.contents.document(held))] : []);
    await remember((ids) => ids.add(id));
    const buffer = new IndexeddbPersistence(bufferName(id), doc);
    await buffer.whenSynced;
    const file: Open = { id, doc, buffer, seats: new Map(), author, dirtySince: 0, sealing: Promise.resolve([]) };
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      for (const [seat, sink] of file.seats) if (seat !== origin) sink(update);
      if (origin !== FROM_KERNEL && origin !== buffer) schedule(file);
    });
    return file;
  };

  const finish = (file: Open): Promise<void> => {
    if (file.finished) return file.finished;
    open.delete(file.id);
    file.cancel?.();
    const cleared = (async () => {
      // Refused when another kernel has taken over: the buffer is its own now.
      await remember(() => undefined);
      await file.buffer.clearData();
      await remember((ids) => ids.delete(file.id));
      file.doc.destroy();
    })().finally(() => clearing.delete(file.id));
    clearing.set(
      file.id,
      cleared.catch(() => undefined),
    );
    file.finished = cleared;
    return cleared;
  };

  fs.onCommit(({ staged }) => {
    for (const { node, update, op } of staged.touched) {
      void open
        .get(node.id)
        ?.then((live) => {
          if (update) Y.applyUpdate(live.doc, update, FROM_KERNEL);
          // A whole new content (a put over another kind) starts another document, with which this one must not merge:
          // the editor is told by its watch.
          else if (op === 'put') return finish(live);
        })
        .catch(() => undefined);
    }
  });

  return {
    open: async (path, author, sink) => {
      const node = fs.nodeAt(path);
      if (!node) return err('ENOENT', `There is no file at ${path}.`, { path });
      if (node.kind === 'dir') return err('EISDIR', `${path} is a folder.`, { path });
      if (node.as !== 'text')
        return err('EINVAL', `${path} is not a text of at most 4 MB, so it cannot be edited here.`, { path });
      const opening = open.get(node.id) ?? start(node.id, author);
      open.set(node.id, opening);
      const file = await opening.catch((cause: unknown) => {
        open.delete(node.id);
        throw cause;
      });
      const seat = {};
      file.seats.set(seat, sink);
      const stat = fs.stat(path);
      if (!stat) return err('ENOENT', `There is no file at ${path}.`, { path });
      return ok({
        state: Y.encodeStateAsUpdate(file.doc),
        stat,
        send: (update) => Y.applyUpdate(file.doc, update, seat),
        close: async () => {
          if (!file.seats.delete(seat)) return [];
          const revisions = await seal(file, author);
          if (file.seats.size === 0) await finish(file);
          return revisions;
        },
      });
    },

    sealAll: async () => {
      for (const opening of open.values()) {
        const file = await opening;
        await seal(file, file.author);
      }
    },

    recover: async () => {
      const ids = ((await db.sys.get(OPEN_KEY))?.v as NodeId[] | undefined) ?? [];
      const author: Author = {
        actor: 'operator',
        message: 'Recovered: typed before the tab was closed',
        run: '',
        cause: '',
      };
      for (const id of ids) {
        // One file that cannot be recovered now (damaged, no room) keeps its buffer and does not keep the others from theirs.
        try {
          const file = await start(id, author);
          await seal(file, author).catch(async (cause: unknown) => {
            await file.buffer.destroy();
            throw cause;
          });
          await finish(file);
        } catch (cause) {
          console.error(`what was typed in ${id} is not recovered yet`, cause);
        }
      }
    },

    stop: async () => {
      for (const opening of open.values()) {
        const file = await opening.catch(() => undefined);
        if (!file) continue;
        file.cancel?.();
        await seal(file, file.author).catch(() => []);
        await file.buffer.destroy();
      }
      open.clear();
      await Promise.all(clearing.values());
    },
  };
};
