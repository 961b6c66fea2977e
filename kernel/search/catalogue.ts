/**
 * Which file stands where in the index, in memory and packed: per segment its documents, and for each file the newest
 * place it has. An older place is dead by that alone, a removed file by having none: nothing is rewritten when a file
 * changes. A place fits while the file has the content it was made of, as it was last looked at.
 */
import { toHex } from '../protocol/bytes.ts';
import type { FileNode } from './files.ts';
import type { NodeNumbers } from './node-numbers.ts';
import { HASH_BYTES, type Documents, type Loaded } from './documents.ts';

/** Room for the documents of one segment in the number that stands for a place. */
const SPAN = 16_384;
const NOWHERE = -1;

export type Segment = Loaded & {
  /** By document: the number of the node. */
  numbers: Uint32Array;
  /** Documents that are some file's newest place. */
  alive: number;
};

export class Catalogue {
  readonly segments = new Map<number, Segment>();
  private readonly numbers: NodeNumbers;
  private places = new Float64Array(64).fill(NOWHERE);
  private fits = new Uint8Array(64);
  private known = 0;

  constructor(numbers: NodeNumbers) {
    this.numbers = numbers;
  }

  /** How many files have a place. */
  get size(): number {
    return this.known;
  }

  private reserve(): void {
    if (this.numbers.count <= this.places.length) return;
    const length = Math.ceil(this.numbers.count * 1.25);
    const places = new Float64Array(length).fill(NOWHERE);
    const fits = new Uint8Array(length);
    places.set(this.places);
    fits.set(this.fits);
    Object.assign(this, { places, fits });
  }

  /** Its documents are the newest of their files; whether they fit is seen by looking. */
  add(loaded: Loaded): Segment {
    const { docs } = loaded;
    const numbers = new Uint32Array(docs.count);
    const segment: Segment = { ...loaded, numbers, alive: 0 };
    this.segments.set(loaded.id, segment);
    for (let doc = 0; doc < docs.count; doc++) {
      const number = this.numbers.ofBytes(docs.nodes, doc * 16);
      numbers[doc] = number;
      this.forget(number);
      this.places[number] = loaded.id * SPAN + doc;
      this.known++;
      segment.alive++;
    }
    return segment;
  }

  drop(ids: readonly number[]): void {
    for (const id of ids) this.segments.delete(id);
  }

  /** The file is gone, or stands elsewhere now. */
  forget(number: number): void {
    this.reserve();
    const place = this.places[number] ?? NOWHERE;
    if (place < 0) return;
    const segment = this.segments.get(Math.floor(place / SPAN));
    if (segment) segment.alive--;
    this.places[number] = NOWHERE;
    this.fits[number] = 0;
    this.known--;
  }

  /** Forget all files but these. */
  keep(isThere: (number: number) => boolean): void {
    for (let number = 0; number < this.places.length; number++)
      if ((this.places[number] ?? NOWHERE) >= 0 && !isThere(number)) this.forget(number);
  }

  /** See whether a file still has the content that its place was made of. */
  look(number: number, node: FileNode): boolean {
    this.reserve();
    const segment = this.segmentOf(number);
    const fits = segment !== undefined && sameHash(segment.docs, this.docOf(number), node.hash);
    this.fits[number] = fits ? 1 : 0;
    return fits;
  }

  /** The segment of a file's newest place. */
  segmentOf(number: number): Segment | undefined {
    const place = this.places[number] ?? NOWHERE;
    return place < 0 ? undefined : this.segments.get(Math.floor(place / SPAN));
  }
  docOf(number: number): number {
    return (this.places[number] ?? NOWHERE) % SPAN;
  }
  isFit(number: number): boolean {
    return this.fits[number] === 1;
  }
  isAlive(segment: Segment, doc: number): boolean {
    return this.places[segment.numbers[doc] ?? 0] === segment.id * SPAN + doc;
  }
}

const sameHash = (docs: Documents, doc: number, hash: string): boolean => {
  const from = doc * HASH_BYTES;
  return toHex(docs.hashes.subarray(from, from + HASH_BYTES)) === hash;
};
