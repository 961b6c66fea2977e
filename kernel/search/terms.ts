/**
 * The terms of many texts, each a number, counted text by text. Words of ASCII texts are found and compared character by
 * character where they stand: a string for each of 300 words a file, and a map to count them, took most of the time that
 * indexing took. What it says is what `eachTerm` says.
 */
import { eachTerm, fold, isAscii, MAX_TERM } from './tokens.ts';

const isWordCharacter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

export type Counted = { length: number; cut: boolean };

export class Terms {
  readonly list: string[] = [];
  /** Open addressing by the hash of the term. Number + 1; 0 is free. */
  private slots = new Int32Array(1 << 12);
  private hashes = new Int32Array(1 << 11);
  /** Of the text at hand: how often each term is in it, and which are. */
  private counts = new Uint32Array(1 << 11);
  private readonly met: number[] = [];

  /** Count a text, and say of each of its terms how often it is in it. */
  count(text: string, each: (term: number, count: number) => void): Counted {
    const folded = fold(text);
    const counted = isAscii(folded) ? this.countAscii(folded) : this.countAny(folded);
    for (const term of this.met) {
      each(term, this.counts[term] ?? 0);
      this.counts[term] = 0;
    }
    this.met.length = 0;
    return counted;
  }

  private countAscii(folded: string): Counted {
    let length = 0;
    let cut = false;
    for (let at = 0; at < folded.length;) {
      let code = folded.charCodeAt(at);
      if (!isWordCharacter(code)) {
        at++;
        continue;
      }
      const from = at;
      let hash = 0;
      for (; isWordCharacter(code); code = folded.charCodeAt(++at)) {
        if (at - from < MAX_TERM) hash = Math.imul(hash ^ code, 0x01000193) ^ (hash >>> 15);
      }
      if (at - from > MAX_TERM) cut = true;
      this.meet(this.find(folded, from, Math.min(at - from, MAX_TERM), hash));
      length++;
    }
    return { length, cut };
  }

  private countAny(folded: string): Counted {
    let length = 0;
    let cut = false;
    eachTerm(folded, (term, _at, whole) => {
      let hash = 0;
      for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193) ^ (hash >>> 15);
      this.meet(this.find(term, 0, term.length, hash));
      length++;
      if (!whole) cut = true;
    });
    return { length, cut };
  }

  private meet(term: number): void {
    const count = this.counts[term] ?? 0;
    if (count === 0) this.met.push(term);
    this.counts[term] = count + 1;
  }

  /** The number of the term that stands there; a new one when it has none. */
  private find(text: string, from: number, length: number, hash: number): number {
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 16)) & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (this.slots[slot] ?? 0) - 1;
      if (this.hashes[number] === hash && this.same(number, text, from, length)) return number;
    }
    // Whole copies: a piece of a text would keep the text in memory.
    const number = this.list.push(copied(text, from, length)) - 1;
    if (number === this.hashes.length) this.grow();
    this.hashes[number] = hash;
    this.slots[slot] = number + 1;
    if (number * 2 > this.slots.length) this.rehash();
    return number;
  }

  private same(number: number, text: string, from: number, length: number): boolean {
    const term = this.list[number] as string;
    if (term.length !== length) return false;
    for (let i = 0; i < length; i++) if (term.charCodeAt(i) !== text.charCodeAt(from + i)) return false;
    return true;
  }

  private grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    const counts = new Uint32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    counts.set(this.counts);
    Object.assign(this, { hashes, counts });
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.list.length; number++) {
      const hash = this.hashes[number] ?? 0;
      let slot = (hash ^ (hash >>> 16)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

const copied = (text: string, from: number, length: number): string => {
  const codes: number[] = [];
  for (let i = 0; i < length; i++) codes.push(text.charCodeAt(from + i));
  return String.fromCharCode(...codes);
};
