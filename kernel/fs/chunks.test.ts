import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, hashHex } from '../protocol/bytes.ts';
import { SysFailure } from '../protocol/errors.ts';
import { chunk, decodeManifest, encodeManifest, MAX_CHUNK, MIN_CHUNK } from './chunks.ts';

const noise = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
};
const names = (bytes: Uint8Array): string[] =>
  chunk(bytes).map(({ offset, length }) => hashHex(bytes.subarray(offset, offset + length)));

describe('chunk', () => {
  test('covers every byte, in order, within the limits', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(700_000), (seed, length) => {
        const cuts = chunk(noise(length, seed));
        let at = 0;
        for (const [index, cut] of cuts.entries()) {
          expect(cut.offset).toBe(at);
          expect(cut.length).toBeLessThanOrEqual(MAX_CHUNK);
          if (index < cuts.length - 1) expect(cut.length).toBeGreaterThanOrEqual(MIN_CHUNK);
          expect(cut.length).toBeGreaterThan(0);
          at += cut.length;
        }
        expect(at).toBe(length);
      }),
      { numRuns: 25 },
    );
    expect(chunk(new Uint8Array())).toEqual([]);
  });

  test('averages about 64 KB on noise; a run of one byte is cut at the maximum', () => {
    const bytes = noise(16 << 20, 42);
    const average = bytes.length / chunk(bytes).length;
    expect(average).toBeGreaterThan(52_000);
    expect(average).toBeLessThan(78_000);
    expect(chunk(new Uint8Array(MAX_CHUNK * 2)).map((cut) => cut.length)).toEqual([MAX_CHUNK, MAX_CHUNK]);
  });

  test('the cuts are part of the format: they do not change', () => {
    expect(chunk(noise(300_000, 7)).map((cut) => cut.length)).toMatchInlineSnapshot(`
      [
        135908,
        20231,
        64557,
        61628,
        17676,
      ]
    `);
  });

  /** `size` bytes put in at `at`, or taken out there. */
  const changed = (bytes: Uint8Array, at: number, size: number, insert: boolean): Uint8Array =>
    insert
      ? concatBytes([bytes.subarray(0, at), noise(size, size), bytes.subarray(at)])
      : concatBytes([bytes.subarray(0, at), bytes.subarray(at + size)]);

  test('an insertion or a removal leaves the chunks before it, and all after the first cut both have behind it', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 2000 }),
        fc.boolean(),
        fc.nat(1000),
        (at, size, insert, seed) => {
          const before = noise(1_500_000, seed + 1);
          const after = changed(before, at, size, insert);
          const shift = insert ? size : -size;
          const ends = (bytes: Uint8Array): number[] => chunk(bytes).map((cut) => cut.offset + cut.length);
          const [was, is] = [ends(before), ends(after)];
          const untouched = was.filter((end) => end <= at);
          expect(is.slice(0, untouched.length)).toEqual(untouched);
          const behind = insert ? at : at + size;
          const meet = was.find((end) => end >= behind && is.includes(end + shift));
          // The end of the bytes is a cut of both.
          expect(meet).toBeDefined();
          const rest = (all: number[], from: number): number[] => all.filter((end) => end >= from);
          expect(rest(is, (meet ?? 0) + shift)).toEqual(rest(was, meet ?? 0).map((end) => end + shift));
        },
      ),
      { numRuns: 40 },
    );
  });

  // How soon they meet again is chance: these 60 are always the same ones.
  test('they meet again soon: less than three new chunks for a change, on average', () => {
    let fresh = 0;
    for (let i = 0; i < 60; i++) {
      const before = noise(1_000_000, i + 1);
      const known = new Set(names(before));
      fresh += names(changed(before, i * 10_000, 1 + i * 30, i % 2 === 0)).filter((name) => !known.has(name)).length;
    }
    expect(fresh / 60).toBeLessThan(3);
  });
});

describe('manifest', () => {
  const ref = fc.record({
    hash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hashHex),
    size: fc.nat(MAX_CHUNK),
  });

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(ref, { maxLength: 50 }), (refs) => {
        expect(decodeManifest(encodeManifest(refs))).toEqual(refs);
      }),
    );
  });

  test('cut short, prolonged or of another version, it is refused', () => {
    const bytes = encodeManifest([{ hash: hashHex('a'), size: 5 }]);
    for (const bad of [
      bytes.subarray(0, 20),
      new Uint8Array(),
      concatBytes([bytes, Uint8Array.of(0)]),
      Uint8Array.of(9, 0),
    ]) {
      expect(() => decodeManifest(bad)).toThrow(SysFailure);
    }
  });
});
