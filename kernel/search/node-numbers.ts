/**
 * Node ids as small numbers, for as long as the kernel runs: 100,000 ids as strings in maps took 10 MB, packed they take
 * 3. A number is never given back.
 */
import { fromHex, toHex } from '../protocol/bytes.ts';
import type { NodeId } from '../protocol/entry.ts';

const ID_BYTES = 16;

export class NodeNumbers {
  count = 0;
  private ids = new Uint8Array(64 * ID_BYTES);
  /** Open addressing by the first bytes of the id, which are random. Number + 1; 0 is free. */
  private index = new Int32Array(256);

  private slot(ids: Uint8Array, from: number): number {
    const mask = this.index.length - 1;
    const first = (ids[from] ?? 0) | ((ids[from + 1] ?? 0) << 8) | ((ids[from + 2] ?? 0) << 16);
    for (let slot = (first ^ ((ids[from + 3] ?? 0) << 20)) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.index[slot] ?? 0) - 1;
      if (number < 0 || this.same(number, ids, from)) return slot;
    }
  }

  private same(number: number, ids: Uint8Array, from: number): boolean {
    for (let i = 0; i < ID_BYTES; i++) if (this.ids[number * ID_BYTES + i] !== ids[from + i]) return false;
    return true;
  }

  /** The number of the id that lies in these bytes; a new one when it has none. */
  ofBytes(ids: Uint8Array, from: number): number {
    const slot = this.slot(ids, from);
    const known = (this.index[slot] ?? 0) - 1;
    if (known >= 0) return known;
    const number = this.count++;
    if (this.ids.length < this.count * ID_BYTES) {
      const larger = new Uint8Array(Math.ceil(this.count * 1.25) * ID_BYTES);
      larger.set(this.ids);
      this.ids = larger;
    }
    this.ids.set(ids.subarray(from, from + ID_BYTES), number * ID_BYTES);
    this.index[slot] = number + 1;
    if (this.count * 2 > this.index.length) this.rehash();
    return number;
  }

  of(id: NodeId): number {
    return this.ofBytes(fromHex(id), 0);
  }

  id(number: number): NodeId {
    return toHex(this.ids.subarray(number * ID_BYTES, number * ID_BYTES + ID_BYTES));
  }

  private rehash(): void {
    this.index = new Int32Array(this.index.length * 2);
    for (let number = 0; number < this.count; number++) this.index[this.slot(this.ids, number * ID_BYTES)] = number + 1;
  }
}
