/**
 * Text content: one Y.Text (`t`) in a `gc: false` document per file. Pure Yjs, no storage: building documents from
 * updates, turning a wanted text into a minimal update, and saying who wrote which stretch.
 */
import * as Y from 'yjs';
import { NAME, type Edit, type TextContent } from './text-form.ts';

/** A stretch of characters [from, to) and the key of the update that wrote it. */
export type Stretch = { from: number; to: number; key: string };

export const textOf = (doc: Y.Doc): string => doc.getText(NAME).toString();

/** A document from its updates, in order. The client id is set after loading: setting it before makes Yjs rotate it. */
export const buildDoc = (updates: readonly Uint8Array[], client?: number): Y.Doc => {
  // A guid of our own: drawing a random one costs 70 µs, twice as much as the rest of making a document.
  const doc = new Y.Doc({ gc: false, guid: NAME });
  for (const update of updates) Y.applyUpdate(doc, update);
  if (client !== undefined) doc.clientID = client;
  return doc;
};

/** The document behind a text, made when first needed; it goes on under `client`. */
export const docOf = ({ made }: TextContent, client: number): Y.Doc => {
  const doc = made.doc ?? buildDoc(made.from ? [made.from] : [], client);
  made.doc = doc;
  made.state = () => Y.encodeStateAsUpdate(doc);
  return doc;
};

/** A text from its updates. Throws where one of them is none. */
export const builtText = (updates: readonly Uint8Array[], client: number): TextContent => {
  const doc = buildDoc(updates, client);
  return { as: 'text', text: textOf(doc), made: { doc, state: () => Y.encodeStateAsUpdate(doc) } };
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
