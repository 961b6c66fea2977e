/**
 * Texts as far as no document is needed: what a text is known by, its first update, and reading it back. Yjs (22 kB of the
 * first load) comes with `texts.ts`, when somebody edits a text or reads one that was edited.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { hash, toHex, toUtf8 } from '../protocol/bytes.ts';

export const MAX_TEXT_BYTES = 4 << 20;
/** The name of the text in its document. */
export const NAME = 't';

export type Edit = { at: number; remove: number; insert: string };

/**
 * `made` is shared by what one text becomes: the document, once there is one, moves on with it. Before that, `from` is its
 * whole state as an update.
 */
export type TextContent = {
  as: 'text';
  text: string;
  made: { from?: Uint8Array; doc?: Y.Doc; state?: () => Uint8Array };
};

export const textHash = (text: string): string => toHex(hash(toUtf8(text)));

/** A random 32-bit client id; larger ones are not portable between Yjs implementations. */
export const randomClient = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

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

/** The text of such an update; undefined of any other, which only Yjs can read. */
export const firstText = (update: Uint8Array): string | undefined => {
  try {
    const input = decoding.createDecoder(update);
    const structs = decoding.readVarUint(input);
    let text = '';
    if (structs > 0) {
      const [count, , clock] = [1, 2, 3].map(() => decoding.readVarUint(input));
      const known = structs === 1 && count === 1 && clock === 0;
      if (!known || decoding.readUint8(input) !== STRING || decoding.readVarUint(input) !== ROOT_TYPE) return undefined;
      if (decoding.readVarString(input) !== NAME) return undefined;
      text = decoding.readVarString(input);
    }
    return decoding.readVarUint(input) === 0 && input.pos === update.length ? text : undefined;
  } catch {
    return undefined;
  }
};

/** A text with its whole state as an update: no document is made of it before somebody edits it. */
export const newText = (text: string, update: Uint8Array): TextContent => ({
  as: 'text',
  text,
  made: { from: update },
});
