/**
 * Text and bytes as just-bash asks for them: UTF-8 unless an encoding is named, and `binary` for bytes in a string.
 */
import type { BufferEncoding, FileContent } from 'just-bash/browser';
import { decodeText, fromHex, toHex } from '../protocol/bytes.ts';

type Options = BufferEncoding | { encoding?: BufferEncoding | null } | undefined;

const named = (options: Options): BufferEncoding =>
  (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';

/** One character per byte. Built in slices: the arguments of one call are limited. */
const toLatin1 = (bytes: Uint8Array): string => {
  let out = '';
  for (let at = 0; at < bytes.length; at += 8192) out += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return out;
};

const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);

export const decodeAs = (bytes: Uint8Array, options: Options): string => {
  const encoding = named(options);
  if (encoding === 'utf8' || encoding === 'utf-8') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (encoding === 'hex') return toHex(bytes);
  return encoding === 'base64' ? btoa(toLatin1(bytes)) : toLatin1(bytes);
};

export const encodeAs = (content: FileContent, options: Options): Uint8Array => {
  if (typeof content !== 'string') return content.slice();
  const encoding = named(options);
  if (encoding === 'utf8' || encoding === 'utf-8') return new TextEncoder().encode(content);
  if (encoding === 'hex') return fromHex(content);
  return fromLatin1(encoding === 'base64' ? atob(content) : content);
};

/** As a change carries it: text when it is text, else its bytes. */
export const asContent = (bytes: Uint8Array): string | Uint8Array<ArrayBuffer> => decodeText(bytes) ?? bytes.slice();
