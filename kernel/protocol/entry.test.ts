import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import { describe, expect, test } from 'vitest';
import { fromHex, hash, toHex } from './bytes.ts';
import { SysFailure } from './errors.ts';
import { NO_NODE, readEntry, revisionOf, sealEntry, ZERO_HASH, type Entry, type Op } from './entry.ts';
import type { Actor } from './actor.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const id = bytes(16).map(toHex);
const digest = bytes(32).map(toHex);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const nat = fc.oneof(fc.nat(), fc.maxSafeNat());
const vector = fc.dictionary(id, nat, { maxKeys: 4, noNullPrototype: true });
const kind = fc.constantFrom('text' as const, 'blob' as const, 'record' as const);
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('mkdir' as const), parent: id, name: text }),
  fc.record({
    op: fc.constant('create' as const),
    parent: id,
    name: text,
    as: kind,
    size: nat,
    hash: digest,
    attrs: fc.dictionary(text, text, { noNullPrototype: true }),
  }),
  fc.record({ op: fc.constant('edit' as const), size: nat, hash: digest }),
  fc.record({ op: fc.constant('put' as const), as: kind, size: nat, hash: digest }),
  fc.record({ op: fc.constant('append' as const), size: nat, hash: digest }),
  fc.record({ op: fc.constant('move' as const), parent: id, name: text }),
  fc.record({ op: fc.constant('remove' as const), seen: vector }),
  fc.record({ op: fc.constant('restore' as const) }),
  fc.record({ op: fc.constant('attr' as const), key: text, value: text }),
  fc.record({ op: fc.constant('session' as const), client: nat, seen: vector }),
);
const entry: fc.Arbitrary<Entry> = fc.record({
  device: id,
  seq: nat,
  at: nat,
  tick: nat,
  node: id,
  actor: fc.constantFrom<Actor>('operator', 'agent:a', 'daemon:d'),
  message: text,
  run: text,
  cause: text,
  more: fc.boolean(),
  change: op,
  payload: fc.uint8Array({ maxLength: 300 }),
  prev: bytes(32),
});
const decode = (data: Uint8Array) => readEntry(decoding.createDecoder(data));

const FIXED: Omit<Entry, 'change'> = {
  device: '00112233445566778899aabbccddeeff',
  seq: 300,
  at: 1_764_000_000_000,
  tick: 7,
  node: 'f'.repeat(32),
  actor: 'agent:analyst',
  message: 'Why é',
  run: 'r1',
  cause: 'c1',
  more: true,
  payload: Uint8Array.of(1, 2, 3),
  prev: new Uint8Array(32).fill(9),
};
const H = 'ab'.repeat(32);

describe('the entry', () => {
  test('[J1] encodes and decodes to itself, every operation', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const sealed = sealEntry(one);
        const back = decode(sealed.bytes);
        expect(back.entry).toEqual(one);
        expect(back.bytes).toEqual(sealed.bytes);
        expect(back.hash).toEqual(sealed.hash);
        expect(sealEntry(back.entry).bytes).toEqual(sealed.bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('[J1] these are the bytes, written out by hand', () => {
    const sealed = sealEntry({
      ...FIXED,
      change: { op: 'create', parent: NO_NODE, name: 'a.md', as: 'record', size: 200, hash: H, attrs: {} },
    });
    const header = [
      '01',
      '01',
      '00112233445566778899aabbccddeeff',
      'ac02',
      '80d0dfb4ab33',
      '07',
      'ff'.repeat(16),
      '02',
      `0d${toHex(new TextEncoder().encode('agent:analyst'))}`,
      '0657687920c3a9',
      '027231',
      '026331',
      '00'.repeat(16),
      '04612e6d64',
      '02',
      'c801',
      H,
      '00',
      '03',
      toHex(hash(Uint8Array.of(1, 2, 3))),
      '09'.repeat(32),
    ].join('');
    const length = header.length / 2;
    expect(length).toBeGreaterThan(127);
    expect(toHex(sealed.bytes)).toBe(`${toHex(Uint8Array.of((length & 127) | 128, length >> 7))}${header}01010203`);
    expect(sealed.hash).toEqual(hash(fromHex(header)));
  });

  test.each<[number, Op, string]>([
    [1, { op: 'mkdir', parent: NO_NODE, name: 'd' }, `${'00'.repeat(16)}0164`],
    [
      2,
      { op: 'create', parent: NO_NODE, name: 'd', as: 'text', size: 1, hash: H, attrs: { b: '2', a: '1' } },
      `${'00'.repeat(16)}01640001${H}0201610131` + '01620132',
    ],
    [3, { op: 'edit', size: 128, hash: H }, `8001${H}`],
    [4, { op: 'put', as: 'blob', size: 0, hash: H }, `0100${H}`],
    [5, { op: 'append', size: 2, hash: H }, `02${H}`],
    [6, { op: 'move', parent: 'e'.repeat(32), name: '' }, `${'ee'.repeat(16)}00`],
    [
      7,
      { op: 'remove', seen: { ['b'.repeat(32)]: 5, ['a'.repeat(32)]: 300 } },
      `02${'aa'.repeat(16)}ac02${'bb'.repeat(16)}05`,
    ],
    [8, { op: 'restore' }, ''],
    [9, { op: 'attr', key: 'k', value: 'é' }, '016b02c3a9'],
    [10, { op: 'session', client: 4_294_967_295, seen: {} }, 'ffffffff0f00'],
  ])('[J2] opcode %i and its fields', (code, change, fields) => {
    const { bytes: sealed } = sealEntry({ ...FIXED, actor: 'operator', message: '', run: '', cause: '', change });
    const before = `${'ff'.repeat(16)}${toHex(Uint8Array.of(code))}08${toHex(new TextEncoder().encode('operator'))}000000`;
    expect(toHex(sealed)).toContain(`${before}${fields}03${toHex(hash(Uint8Array.of(1, 2, 3)))}`);
    expect(decode(sealed).entry.change).toEqual(change);
  });

  test('[J1] an empty payload has 32 zero bytes for its hash', () => {
    const { bytes: sealed } = sealEntry({
      ...FIXED,
      payload: new Uint8Array(),
      change: { op: 'restore' },
      prev: ZERO_HASH,
    });
    expect(toHex(sealed)).toContain(`00${'00'.repeat(64)}01`);
    expect(decode(sealed).entry.payload).toHaveLength(0);
  });

  test('[J9] a revision is 12 hex characters of the device, a dot, the seq', () => {
    expect(revisionOf(FIXED)).toBe('001122334455.300');
  });

  test('[J3] bytes that are no entry are EBADMSG and never a crash', () => {
    const refused = (data: Uint8Array): void => {
      try {
        decode(data);
      } catch (cause) {
        expect(cause).toBeInstanceOf(SysFailure);
        expect((cause as SysFailure).error.code).toBe('EBADMSG');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), refused), { numRuns: 500 });
    // Also within a larger buffer: what lies behind the view is not the entry's.
    fc.assert(
      fc.property(entry, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, place, flip) => {
        const { bytes: sealed } = sealEntry(one);
        const roomy = new Uint8Array(sealed.length + 200);
        roomy.set(sealed);
        const cut = place % sealed.length;
        expect(() => decode(roomy.subarray(0, cut))).toThrow(SysFailure);
        roomy[cut] = (roomy[cut] ?? 0) ^ flip;
        refused(roomy.subarray(0, sealed.length));
      }),
      { numRuns: 500 },
    );
  });

  test('[J3] a changed payload does not fit its hash', () => {
    const { bytes: sealed } = sealEntry({ ...FIXED, change: { op: 'restore' } });
    sealed[sealed.length - 1] = 4;
    expect(() => decode(sealed)).toThrow(/does not match its hash/);
  });
});
