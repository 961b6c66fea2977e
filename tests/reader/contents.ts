// What files held, from their entries alone [J18]: at every revision what its author saw [F21], and in the end what all
// entries come to. The one library is Yjs, for texts.
import * as Y from 'yjs';
import { Cursor, sha256, type Entry, type Kind, type Vector } from './entries.ts';

export type Version = {
  revision: string;
  actor: string;
  message: string;
  op: string;
  size: number;
  hash: string;
  bytes: Uint8Array;
};

/** The chunks of the manifests, one after another. */
const blob = (manifests: readonly Uint8Array[], chunks: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const parts: Uint8Array[] = [];
  for (const manifest of manifests) {
    const cursor = new Cursor(manifest);
    if (cursor.u8() !== 1) throw new Error('a manifest of another version');
    for (const { name, size } of cursor.list(() => ({ name: cursor.id(32), size: cursor.uint() }))) {
      const chunk = chunks.get(name);
      if (!chunk || chunk.length !== size || sha256(chunk) !== name) throw new Error(`chunk ${name}`);
      parts.push(chunk);
    }
  }
  return Buffer.concat(parts);
};

const text = (updates: readonly Uint8Array[]): Uint8Array => {
  const doc = new Y.Doc({ gc: false });
  for (const update of updates) Y.applyUpdate(doc, update);
  return Buffer.from(doc.getText('t').toJSON());
};

/** What these entries of one file come to; the last `create` or `put` begins its content. */
const contentOf = (
  entries: readonly Entry[],
  chunks: ReadonlyMap<string, Uint8Array>,
): { bytes: Uint8Array; hash: string } => {
  const begins = entries.findLastIndex(({ change: { op } }) => op === 'create' || op === 'put');
  const payloads = entries.slice(begins).map(({ payload }) => payload);
  const change = entries[begins]?.change;
  const kind: Kind = change && 'kind' in change ? change.kind : 'record';
  if (kind === 'blob') return { bytes: blob(payloads, chunks), hash: sha256(Buffer.concat(payloads)) };
  const bytes = kind === 'text' ? text(payloads) : Buffer.concat(payloads);
  return { bytes, hash: sha256(bytes) };
};

/** Versions of every node that is a file, oldest first; a size or hash that is not what was recorded is an error. */
export const versionsOf = (
  entries: readonly Entry[],
  chunks: ReadonlyMap<string, Uint8Array>,
): Map<string, { versions: Version[]; now: Uint8Array }> => {
  const seenBy = new Map<string, Vector>();
  const past = new Map<string, Entry[]>();
  const versions = new Map<string, Version[]>();
  for (const entry of entries) {
    const { device, change, node } = entry;
    if (change.op === 'session' || change.op === 'remove') {
      seenBy.set(device, { ...seenBy.get(device), ...change.seen });
    }
    if (!['create', 'put', 'edit', 'append'].includes(change.op) || !('hash' in change)) continue;
    const all = [...(past.get(node) ?? []), entry];
    past.set(node, all);
    const seen = { ...seenBy.get(device), [device]: entry.seq };
    const { bytes, hash } = contentOf(
      all.filter((one) => one.seq <= (seen[one.device] ?? 0)),
      chunks,
    );
    const revision = `${device.slice(0, 12)}.${entry.seq}`;
    if (bytes.length !== change.size || hash !== change.hash)
      throw new Error(`revision ${revision} is not what it was`);
    const { actor, message } = entry;
    const version = { revision, actor, message, op: change.op, size: change.size, hash, bytes };
    versions.set(node, [...(versions.get(node) ?? []), version]);
  }
  return new Map(
    [...versions].map(([node, list]) => [node, { versions: list, now: contentOf(past.get(node) ?? [], chunks).bytes }]),
  );
};
