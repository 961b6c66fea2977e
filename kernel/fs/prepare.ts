/**
 * Before a change set is staged: what must be waited for. Loads the contents the set touches, puts chunks down before
 * any entry names them, and says how bytes are kept. Nothing here changes the tree.
 */
import { decodeText, hashHex, toUtf8 } from '../protocol/bytes.ts';
import { POLICY, PROGRAMS, SYSTEM, WORKSPACE } from '../protocol/capability.ts';
import type { ContentKind, NodeId } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import { changePaths, type Change } from '../protocol/files.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import type { Content } from './contents.ts';
import type * as Diffing from './diff.ts';
import type { Hands } from './restore.ts';
import type { Sources } from './restore-plan.ts';
import { recordHash, recordOf } from './record.ts';
import { firstUpdate, MAX_TEXT_BYTES, newText } from './text-form.ts';
import type * as Editing from './texts.ts';
import type { Tree } from './tree.ts';

/** What `prepare` found: contents of files the set touches, what changes bring as bytes, and the chunk lists of those. */
export type Prepared = {
  contents: Map<NodeId, Content>;
  /** Made once: a text is encoded once, and bytes are known again without hashing them. */
  bytes: Map<Change, Uint8Array>;
  manifests: Map<Uint8Array, Uint8Array>;
  /** Loaded for a set that may change a text that is there: making files, as the first start does, needs neither. */
  editing?: typeof Editing;
  diffing?: typeof Diffing;
  /** What each `restore` of the set does, knowing the past that it goes back to. */
  restores: Map<Change, (hands: Hands) => void>;
};

const RECORD_BYTES = 256 * 1024;

const asBytes = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? toUtf8(content) : content);

/** How bytes are kept at a path: text where people write, records where only the kernel does, blobs when big or binary. */
export const kindFor = (path: Path, bytes: Uint8Array): ContentKind => {
  const written = isUnder(path, WORKSPACE) || path === POLICY;
  if (!written) return bytes.length <= RECORD_BYTES ? 'record' : 'blob';
  return bytes.length <= MAX_TEXT_BYTES && decodeText(bytes) !== undefined ? 'text' : 'blob';
};

/** The root and the folders below it stand for good; all of the workspace may go back to a date. */
export const refuseStanding = (change: Change): void => {
  for (const path of changePaths(change)) {
    const standing = path === '/' || path === WORKSPACE || path === SYSTEM || path === PROGRAMS;
    const goesBack = change.op === 'restore' && change.at !== undefined && path === WORKSPACE;
    if (standing && change.op !== 'mkdir' && !goesBack) fail('EACCES', `${path} itself cannot be changed.`, { path });
  }
};

const prepareRestore = async (
  tree: Tree,
  change: Extract<Change, { op: 'restore' }>,
  sources: Sources,
  prepared: Prepared,
): Promise<void> => {
  const [{ planRestore }, { restore }] = await Promise.all([import('./restore-plan.ts'), import('./restore.ts')]);
  const { plan, contents } = await planRestore(tree, change, sources);
  for (const [id, content] of contents) prepared.contents.set(id, content);
  prepared.restores.set(change, (hands) => restore(hands, change, plan));
};

/** Everything a set needs that is not in memory. `storeBlob` puts chunks down before any entry names them. */
export const prepare = async (
  tree: Tree,
  changes: readonly Change[],
  sources: Sources,
  storeBlob: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<Prepared> => {
  const prepared: Prepared = { contents: new Map(), bytes: new Map(), manifests: new Map(), restores: new Map() };
  const replaces = changes.some(
    (change) => change.op === 'edit' || change.op === 'restore' || (change.op === 'put' && change.base !== null),
  );
  if (replaces) prepared.diffing = await import('./diff.ts');
  if (replaces || changes.some(({ op }) => op === 'append')) prepared.editing = await import('./texts.ts');
  const moves: { from: Path; to: Path }[] = [];
  /** [F2] Where a file stands now that earlier moves of this set will have taken to `path`. */
  const origin = (path: Path): Path =>
    moves.reduceRight((at, { from, to }) => (isUnder(at, to) ? from + at.slice(to.length) : at), path);
  let blobs = false;
  for (const change of changes) {
    if (change.op === 'move') moves.push(change);
    if (change.op === 'restore') await prepareRestore(tree, change, sources, prepared);
    if (change.op !== 'put' && change.op !== 'edit' && change.op !== 'append') continue;
    const node = tree.resolve(origin(change.path));
    if (node?.kind === 'file' && !(change.op === 'put' && node.as !== 'text'))
      prepared.contents.set(node.id, await sources.contents.load(node));
    if (change.op === 'edit') continue;
    const bytes = asBytes(change.content);
    prepared.bytes.set(change, bytes);
    const existing = node ? prepared.contents.get(node.id) : undefined;
    // What an earlier change of this set makes a blob is appended to in chunks.
    const joins = change.op === 'append' && (blobs || existing?.as === 'blob');
    if (joins || kindFor(change.path, bytes) === 'blob') {
      blobs = true;
      prepared.manifests.set(bytes, await storeBlob(bytes));
    }
  }
  return prepared;
};

export type Sealed = { content: Content; payload: Uint8Array; size: number; hash: string };

/** Bytes as the content of a file and the payload of its entry. A text's first update is by the client `first`. */
export const seal = (
  as: ContentKind,
  bytes: Uint8Array,
  client: number,
  prepared: Prepared,
  first = client,
): Sealed => {
  if (as === 'text') {
    const text = decodeText(bytes) ?? '';
    const payload = firstUpdate(text, first);
    return { content: newText(text, payload), payload, size: bytes.length, hash: hashHex(bytes) };
  }
  if (as === 'record') {
    const content = recordOf([bytes]);
    return { content, payload: bytes, size: bytes.length, hash: recordHash(content) };
  }
  const manifest =
    prepared.manifests.get(bytes) ?? fail('EBUSY', 'The bytes of this file were not stored first. Try again.');
  return { content: { as, manifests: [manifest] }, payload: manifest, size: bytes.length, hash: hashHex(manifest) };
};
