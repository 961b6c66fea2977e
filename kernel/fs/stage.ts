/**
 * One change set → journal drafts. What must wait (loading contents, storing chunks) was done before; `stage` is
 * synchronous from the first look at the tree to the last entry, so that a set is applied whole or not at all and
 * nothing comes between the check of a base and the commit.
 */
import type { Actor } from '../protocol/actor.ts';
import { concatBytes, decodeText, fromHex, hash, hashHex, toHex, toUtf8 } from '../protocol/bytes.ts';
import type { NodeId, Op, RevisionId, VersionVector } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Attrs, Change } from '../protocol/files.ts';
import type { Draft } from '../protocol/log.ts';
import { isUnder, join, nameOf, parentOf, segments, type Path } from '../protocol/paths.ts';
import { checkBase } from './base.ts';
import type { Content } from './contents.ts';
import { kindFor, refuseStanding, seal, type Prepared } from './prepare.ts';
import type { Hands } from './restore.ts';
import { appendTo, recordBytes, recordHash } from './record.ts';
import { MAX_TEXT_BYTES, textHash, type Edit } from './text-form.ts';
import { folderId, ROOT, type Tree, type TreeNode } from './tree.ts';

export type Author = { actor: Actor; message: string; run: string; cause: string };

export type Staged = {
  revisions: RevisionId[];
  touched: { node: TreeNode; path: Path; from?: Path; op: Op['op']; update?: Uint8Array }[];
  contents: Map<NodeId, Content>;
  /** Where the contents stood that a restore puts back: who may not read there may not bring them back. */
  sources?: Path[];
};

const NO_BYTES = new Uint8Array();

type Context = {
  tree: Tree;
  prepared: Prepared;
  author: Author;
  client: number;
  /** The highest sequence number seen of every other device; this device's own order is implied. */
  seen: VersionVector;
  /** Applies to the tree and the histories, and remembers how to take it back. */
  apply: (draft: Draft) => { node: TreeNode; revision: RevisionId };
};

/** Turn each change into entries, applying as it goes. Throws a SysFailure; the caller undoes what was applied. */
export const stage = (context: Context, changes: readonly Change[]): Staged => {
  const { tree, prepared, author, client } = context;
  const staged: Staged = { revisions: [], touched: [], contents: new Map() };
  const editing = () => prepared.editing ?? fail('EBUSY', 'What edits texts was not loaded first. Try again.');
  const diffing = () => prepared.diffing ?? fail('EBUSY', 'What compares texts was not loaded first. Try again.');
  const bytesOf = (change: Change): Uint8Array =>
    prepared.bytes.get(change) ?? fail('EBUSY', 'What is to be written was not read first. Try again.');
  const contentOf = (node: TreeNode): Content =>
    staged.contents.get(node.id) ??
    prepared.contents.get(node.id) ??
    fail('EBUSY', 'This file changed while it was read. Try again.');

  const emit = (node: NodeId, change: Op, payload: Uint8Array = NO_BYTES): { node: TreeNode; revision: RevisionId } => {
    const applied = context.apply({ ...author, node, change, payload });
    staged.revisions.push(applied.revision);
    return applied;
  };

  /** The folder at `path`, made with its parents when it is missing. */
  const folder = (path: Path): TreeNode => {
    let node = tree.get(ROOT);
    let walked: Path = '/';
    for (const name of segments(path)) {
      walked = join(walked, name);
      let next: TreeNode | undefined = node && tree.child(node, name);
      if (next && next.kind !== 'dir')
        return fail('ENOTDIR', `${walked} is a file, so nothing can be put below it.`, { path: walked });
      if (!next && node) {
        const wanted = folderId(node.id, name);
        const former = tree.get(wanted);
        // Removed from this very place: it is there again, the same one on every device.
        next =
          former?.dead && former.parent === node.id && former.name === name
            ? emit(wanted, { op: 'restore' }).node
            : emit(former ? freshId() : wanted, { op: 'mkdir', parent: node.id, name }).node;
      }
      node = next;
    }
    return node ?? fail('EIO', 'The tree has no root.');
  };

  const setAttrs = (node: TreeNode, attrs: Attrs | undefined): void => {
    for (const [key, value] of Object.entries(attrs ?? {})) {
      if (node.attrs[key] === value) continue;
      emit(node.id, { op: 'attr', key, value });
      staged.touched.push({ node, path: tree.pathOf(node), op: 'attr' });
    }
  };

  const create = (path: Path, bytes: Uint8Array, attrs: Attrs | undefined): TreeNode => {
    const parent = folder(parentOf(path));
    const as = kindFor(path, bytes);
    const fork = attrs?.['fork'];
    const forkId = fork === undefined ? undefined : hashHex(`fork|${fork}|${path}`).slice(0, 32);
    // A fork made on two devices must be one file: same id, same first update. An id is never given out twice.
    const id = forkId && !tree.get(forkId) ? forkId : freshId();
    const place = { op: 'create', parent: parent.id, name: nameOf(path), as, attrs: attrs ?? {} } as const;
    // The deterministic id makes one insert; the document goes on under this session's own.
    const content = seal(as, bytes, client, prepared, id === forkId ? forkClient(id) : client);
    const { node } = emit(id, { ...place, size: content.size, hash: content.hash }, content.payload);
    staged.contents.set(id, content.content);
    staged.touched.push({ node, path, op: 'create' });
    return node;
  };

  const replace = (node: TreeNode, path: Path, bytes: Uint8Array, attrs?: Attrs): void => {
    const as = kindFor(path, bytes);
    const held = as === 'text' && node.as === 'text' ? contentOf(node) : undefined;
    if (held?.as === 'text') {
      editText(node, path, held, decodeText(bytes) ?? '');
    } else {
      const content = seal(as, bytes, client, prepared);
      // [F12] The same bytes, kept the same way, are there already.
      if (node.as !== as || node.size !== content.size || node.hash !== content.hash) {
        emit(node.id, { op: 'put', as, size: content.size, hash: content.hash }, content.payload);
        staged.contents.set(node.id, content.content);
        staged.touched.push({ node, path, op: 'put' });
      }
    }
    setAttrs(node, attrs);
  };

  const editText = (
    node: TreeNode,
    path: Path,
    held: Extract<Content, { as: 'text' }>,
    text: string,
    edits?: Edit[],
  ): void => {
    const size = toUtf8(text).length;
    if (size > MAX_TEXT_BYTES)
      fail('EDQUOT', `A text file may hold ${MAX_TEXT_BYTES} bytes; this would be ${size}. Split it.`, { path });
    if (text === held.text) return;
    const { applyEdits, docOf } = editing();
    const update = applyEdits(docOf(held, client), edits ?? diffing().diff(held.text, text));
    staged.contents.set(node.id, { ...held, text });
    emit(node.id, { op: 'edit', size, hash: textHash(text) }, update);
    staged.touched.push({ node, path, op: 'edit', update });
  };

  const file = (path: Path): TreeNode => {
    const node = tree.resolve(path) ?? fail('ENOENT', `There is no file at ${path}.`, { path });
    return node.kind === 'dir' ? fail('EISDIR', `${path} is a folder.`, { path }) : node;
  };

  const put = (change: Extract<Change, { op: 'put' }>): void => {
    const { path } = change;
    const node = tree.resolve(path);
    checkBase(tree, node, change);
    const bytes = bytesOf(change);
    if (node) replace(node, path, bytes, change.attrs);
    else create(path, bytes, change.attrs);
  };

  const edit = (change: Extract<Change, { op: 'edit' }>): void => {
    const node = file(change.path);
    // Half of a surrogate pair has no bytes: what is kept would not be what was asked.
    if (!change.old.isWellFormed() || !change.new.isWellFormed())
      fail('EINVAL', 'The text to replace, or its replacement, is not well-formed Unicode.', { path: change.path });
    const held = contentOf(node);
    const text = held.as === 'text' ? held.text : held.as === 'record' ? decodeText(recordBytes(held)) : undefined;
    if (text === undefined)
      return fail('EINVAL', `${change.path} is not text, so it cannot be edited by matching text.`, {
        path: change.path,
      });
    const found: number[] = [];
    for (let at = text.indexOf(change.old); at >= 0; at = text.indexOf(change.old, at + change.old.length))
      found.push(at);
    if (found.length === 0)
      fail('EINVAL', `The text to replace does not occur in ${change.path}. Read it again and copy it exactly.`, {
        path: change.path,
      });
    if (found.length > 1 && !change.all) {
      fail(
        'EINVAL',
        `The text to replace occurs ${found.length} times in ${change.path}. Give more of the text around it, or all: true.`,
        { path: change.path },
      );
    }
    const next = text.split(change.old).join(change.new);
    if (held.as === 'text') {
      // Only what differs is replaced, so that blame keeps the rest. Long lists of small operations are slow in Yjs;
      // beyond 1,000 the bounded diff over the whole text merges neighbours.
      const { diff, MAX_OPS } = diffing();
      const small = diff(change.old, change.new);
      const edits =
        found.length * small.length <= MAX_OPS
          ? found.flatMap((at) => small.map((edit) => ({ ...edit, at: at + edit.at })))
          : undefined;
      editText(node, change.path, held, next, edits);
    } else replace(node, change.path, toUtf8(next));
  };

  const append = (change: Extract<Change, { op: 'append' }>): void => {
    const node = tree.resolve(change.path);
    if (!node) return void create(change.path, bytesOf(change), undefined);
    file(change.path);
    const added = bytesOf(change);
    if (added.length === 0) return;
    const held = contentOf(node);
    if (held.as === 'text') {
      const more = decodeText(added);
      if (more === undefined)
        return fail('EINVAL', `${change.path} is text; bytes that are not UTF-8 cannot be appended.`, {
          path: change.path,
        });
      return editText(node, change.path, held, held.text + more, [{ at: held.text.length, remove: 0, insert: more }]);
    }
    if (held.as === 'record') {
      const grown = appendTo(held, added);
      staged.contents.set(node.id, grown);
      emit(node.id, { op: 'append', size: grown.size, hash: recordHash(grown) }, added);
    } else {
      const manifest =
        prepared.manifests.get(added) ?? fail('EBUSY', 'The bytes to append were not stored first. Try again.');
      const manifests = [...held.manifests, manifest];
      staged.contents.set(node.id, { as: 'blob', manifests });
      emit(node.id, { op: 'append', size: node.size + added.length, hash: hashHex(concatBytes(manifests)) }, manifest);
    }
    staged.touched.push({ node, path: change.path, op: 'append' });
  };

  const move = ({ from, to }: Extract<Change, { op: 'move' }>): void => {
    const node = tree.resolve(from) ?? fail('ENOENT', `There is nothing at ${from}.`, { path: from });
    if (from === to) return;
    if (isUnder(to, from)) fail('EINVAL', `${from} cannot be moved into itself.`, { path: to });
    if (tree.resolve(to)) fail('EEXIST', `${to} exists already.`, { path: to });
    const parent = folder(parentOf(to));
    const name = nameOf(to);
    emit(
      node.id,
      parent.id === node.parent
        ? { op: 'rename', name }
        : name === node.name
          ? { op: 'reparent', parent: parent.id }
          : { op: 'move', parent: parent.id, name },
    );
    staged.touched.push({ node, path: to, from, op: 'move' });
  };

  const remove = (path: Path): void => {
    const node = tree.resolve(path) ?? fail('ENOENT', `There is nothing at ${path}.`, { path });
    if (tree.size(node) > 0) fail('ENOTEMPTY', `${path} is not empty. Remove what is in it first.`, { path });
    emit(node.id, { op: 'remove', seen: context.seen });
    staged.touched.push({ node, path, op: 'remove' });
  };

  const hands: Hands = { tree, staged, emit, folder, replace, remove };

  for (const change of changes) {
    refuseStanding(change);
    if (change.op === 'put') put(change);
    else if (change.op === 'edit') edit(change);
    else if (change.op === 'append') append(change);
    else if (change.op === 'move') move(change);
    else if (change.op === 'remove') remove(change.path);
    else if (change.op === 'restore') prepared.restores.get(change)?.(hands);
    else {
      if (tree.resolve(change.path)?.kind === 'file')
        fail('EEXIST', `${change.path} is a file.`, { path: change.path });
      const missing: Path[] = [];
      for (let path = change.path; !tree.resolve(path); path = parentOf(path)) missing.unshift(path);
      folder(change.path);
      for (const path of missing) staged.touched.push({ node: tree.resolve(path) ?? folder(path), path, op: 'mkdir' });
    }
  }
  return staged;
};

const freshId = (): NodeId => toHex(crypto.getRandomValues(new Uint8Array(16)));
/** The Yjs client of a fork's first insert: the same on every device. */
const forkClient = (id: NodeId): number => new DataView(hash(fromHex(id)).buffer).getUint32(0);
