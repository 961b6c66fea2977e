/**
 * Takes a secret's value out of what a server said, before anybody sees it: as it is, percent-encoded, as a JSON string, in
 * hex, and inside base64 at any offset. A server that mangles it otherwise cannot be stopped here: a secret goes only to
 * origins it was stored for.
 */
import { toHex, toUtf8 } from '../protocol/bytes.ts';

const MARK = '[secret]';
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** A pattern for hex digits in either case. */
const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** The characters that the value alone decides, when `before` bytes stand before it in the same base64. */
const insideBase64 = (bytes: Uint8Array, before: number): string => {
  const text = base64(new Uint8Array([...new Uint8Array(before), ...bytes])).replace(/=+$/, '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(first, last);
};

const percent = (bytes: Uint8Array): string =>
  [...bytes]
    .map((byte) => {
      const hex = toHex(Uint8Array.of(byte));
      const char = byte < 128 ? String.fromCharCode(byte) : '';
      const forms = [`%${anyCase(hex)}`, ...(char === '' ? [] : [escaped(char)]), ...(char === ' ' ? ['\\+'] : [])];
      return `(?:${forms.join('|')})`;
    })
    .join('');

const jsonString = (value: string): string =>
  Array.from({ length: value.length }, (_, i) => {
    const unit = value[i] ?? '';
    const code = value.charCodeAt(i).toString(16).padStart(4, '0');
    const short = JSON.stringify(unit).slice(1, -1);
    return `(?:${[escaped(unit), escaped(short), `\\\\u${anyCase(code)}`, ...(unit === '/' ? ['\\\\\\/'] : [])].join('|')})`;
  }).join('');

export type Scrub = {
  text: (text: string) => string;
  /** No form of a value is longer than so many characters. */ longest: number;
};

export const scrubber = (values: readonly string[]): Scrub => {
  const secrets = values.filter((value) => value !== '');
  const forms = secrets.flatMap((value) => {
    const bytes = toUtf8(value);
    const coded = [0, 1, 2].map((before) => insideBase64(bytes, before)).filter((text) => text.length >= 4);
    const url = coded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
    return [percent(bytes), jsonString(value), ...[...coded, ...url].map(escaped), anyCase(toHex(bytes))];
  });
  const pattern = forms.length === 0 ? undefined : new RegExp(forms.join('|'), 'g');
  return {
    text: (text) => (pattern ? text.replace(pattern, MARK) : text),
    longest: Math.max(0, ...secrets.map((value) => toUtf8(value).length * 6)),
  };
};
