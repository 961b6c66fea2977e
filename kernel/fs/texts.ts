/**
 * Text content: one Y.Text (`t`) in a `gc: false` document per file. Pure Yjs, no storage: building documents from
 * updates, turning a wanted text into a minimal update, and saying who wrote which stretch.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { hash, toHex, toUtf8 } from '../protocol/bytes.ts';

export const MAX_TEXT_BYTES = 4 << 20;
const NAME = 't';

export type Edit = { at: number; remove: number; insert: string };
/** A stretch of characters [from, to) and the key of the update that wrote it. */
export type Stretch = { from: number; to: number; key: string };

export const textOf = (doc: Y.Doc): string => doc.getText(NAME).toString();
export const textHash = (text: string): string => toHex(hash(toUtf8(text)));

/** A document from its updates, in order. The client id is set after loading: setting it before makes Yjs rotate it. */
export const buildDoc = (updates: readonly Uint8Array[], client?: number): Y.Doc => {
  // A guid of our own: drawing a random one costs 70 µs, twice as much as the rest of making a document.
  const doc = new Y.Doc({ gc: false, guid: NAME });
  for (const update of updates) Y.applyUpdate(doc, update);
  if (client !== undefined) doc.clientID = client;
  return doc;
};

/** A format 1 update holding one insert without neighbours: the struct's kind, the mark of a root type, no deletions. */
const STRING = 4;
const ROOT_TYPE = 1;

/**
 * The first update of a new text: what Yjs makes of one insert, byte for byte, without a document (38 → 6 µs for 2 KB).
 * The same client and text give the same bytes on every device.
 */
export const firstUpdate = (text: string, client: number): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, text === '' ? 0 : 1);
    if (text !== '') {
      for (const number of [1, client, 0]) encoding.writeVarUint(encoder, number);
      encoding.writeUint8(encoder, STRING);
      encoding.writeVarUint(encoder, ROOT_TYPE);
      encoding.writeVarString(encoder, NAME);
      encoding.writeVarString(encoder, text);
    }
    encoding.writeVarUint(encoder, 0);
  });

/** A new text that nobody edits is never made a document of; whoever does gets one that goes on under `client`. */
export const newText = (text: string, update: Uint8Array, client: number): { as: 'text'; doc: Y.Doc; text: string } => {
  let made: Y.Doc | undefined;
  return {
    as: 'text',
    text,
    get doc() {
      return (made ??= buildDoc([update], client));
    },
  };
};

/**
 * Exactly what `act` changes in a document, as an update; undefined when it changes nothing. A diff against the state
 * before would repeat every deletion the document ever had.
 */
export const captured = (doc: Y.Doc, act: () => void): Uint8Array | undefined => {
  const made: Uint8Array[] = [];
  const note = (update: Uint8Array): void => void made.push(update);
  doc.on('update', note);
  act();
  doc.off('update', note);
  return made.length > 1 ? Y.mergeUpdates(made) : made[0];
};

/** Apply edits given in positions of the old text, ascending; the update that does the same elsewhere. */
export const applyEdits = (doc: Y.Doc, edits: readonly Edit[]): Uint8Array => {
  const text = doc.getText(NAME);
  const update = captured(doc, () =>
    doc.transact(() => {
      let shift = 0;
      for (const edit of edits) {
        if (edit.remove > 0) text.delete(edit.at + shift, edit.remove);
        if (edit.insert !== '') text.insert(edit.at + shift, edit.insert);
        shift += edit.insert.length - edit.remove;
      }
    }),
  );
  return update ?? Y.encodeStateAsUpdate(buildDoc([]));
};

/** Apply an update; what it did to the text, as operations in positions before it, ascending. */
export const appliedOps = (doc: Y.Doc, update: Uint8Array): Edit[] => {
  const ops: Edit[] = [];
  const text = doc.getText(NAME);
  const note = (event: Y.YTextEvent): void => {
    let at = 0;
    for (const { retain, delete: remove, insert } of event.delta) {
      if (typeof insert === 'string') ops.push({ at, remove: 0, insert });
      else if (remove !== undefined) ops.push({ at, remove, insert: '' });
      at += (retain ?? 0) + (remove ?? 0);
    }
  };
  text.observe(note);
  Y.applyUpdate(doc, update);
  text.unobserve(note);
  return ops;
};

/** What `doc` has that `other` has not. */
export const missingUpdate = (doc: Y.Doc, other: Y.Doc): Uint8Array =>
  Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other));

/** A random 32-bit client id; larger ones are not portable between Yjs implementations. */
export const randomClient = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

/**
 * Which update wrote each character that is still there. Exact: every inserted character carries the client and clock
 * of its update, through renames, moves and merges.
 */
export const blameText = (updates: readonly { key: string; update: Uint8Array }[]): Stretch[] => {
  const owners = new Map<number, { from: number; to: number; key: string }[]>();
  for (const { key, update } of updates) {
    for (const item of Y.decodeUpdate(update).structs) {
      if (!(item instanceof Y.Item)) continue;
      const list = owners.get(item.id.client) ?? [];
      list.push({ from: item.id.clock, to: item.id.clock + item.length, key });
      owners.set(item.id.client, list);
    }
  }
  for (const list of owners.values()) list.sort((a, b) => a.from - b.from);
  const ownerAt = (client: number, clock: number) => {
    const list = owners.get(client) ?? [];
    let low = 0;
    for (let high = list.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((list[middle]?.to ?? 0) <= clock) low = middle + 1;
      else high = middle;
    }
    const range = list[low];
    return range && range.from <= clock ? range : undefined;
  };
  const doc = buildDoc(updates.map(({ update }) => update));
  const out: Stretch[] = [];
  let position = 0;
  for (let item = doc.getText(NAME)._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    for (let offset = 0; offset < item.length;) {
      const range = ownerAt(item.id.client, item.id.clock + offset);
      const length = range ? Math.min(item.length - offset, range.to - (item.id.clock + offset)) : item.length - offset;
      const key = range?.key ?? '';
      const last = out.at(-1);
      if (last && last.key === key && last.to === position) last.to += length;
      else out.push({ from: position, to: position + length, key });
      position += length;
      offset += length;
    }
  }
  return out;
};
