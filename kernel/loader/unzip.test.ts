import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { hostile } from '../../tests/fixtures/bundles.ts';
import { tideBundle, tideNotes } from '../../tests/fixtures/tide-notes.ts';
import { zipOf } from '../../tests/fixtures/zip.ts';
import { MAX_RATIO, unzip } from './unzip.ts';

const trap = (id: string): Uint8Array => hostile.find((one) => one.id === id)?.zip() ?? new Uint8Array();

/** What is wrong, in the words the operator reads. */
const SAYS: Record<string, RegExp> = {
  'slip-up': /points outside the bundle/,
  'slip-inside': /points outside the bundle/,
  'slip-dot': /"\." as a segment/,
  'slip-empty': /empty segment/,
  'slip-backslash': /backslash/,
  absolute: /absolute path/,
  drive: /absolute path/,
  control: /control character/,
  symlink: /symbolic link/,
  duplicate: /in the zip twice/,
  case: /differ only in case/,
  'normal-form': /in the zip twice/,
  'file-as-folder': /a file and a folder/,
  bomb: /times its size/,
  'bomb-forged': /bytes/,
  'too-many': /5000/,
  'too-deep': /levels deep/,
  'too-large': /32 MiB/,
  truncated: /not a complete zip/,
  'not-a-zip': /not a zip/,
  empty: /not a zip/,
};

describe('unzip', () => {
  test.each(Object.entries(SAYS))('[A28] %s is refused, and says why', (id, says) => {
    const result = unzip(trap(id));
    expect(result.ok ? 'accepted' : result.error.message).toMatch(says);
  });

  test('a sound zip gives every file, byte for byte, whichever way it is packed', () => {
    const files = tideNotes();
    for (const zip of [
      tideBundle().zip,
      zipOf([...files].map(([name, content]) => ({ name, content }))),
      zipOf([...files].map(([name, content]) => ({ name, content, deflate: true, mode: 0o100644 }))),
    ]) {
      const result = unzip(zip);
      if (!result.ok) throw new Error(result.error.message);
      for (const [path, bytes] of files) expect(result.value.get(path)).toEqual(bytes);
    }
  });

  test('folders are left out, names are NFC', () => {
    const result = unzip(
      zipOf([
        { name: 'docs/', content: '', mode: 0o040755 },
        { name: 'docs/cafe\u0301.md', content: 'x' },
      ]),
    );
    expect(result.ok && [...result.value.keys()]).toEqual(['docs/caf\u00e9.md']);
  });

  test('[A28] folders that differ only in case are refused', () => {
    const result = unzip(
      zipOf([
        { name: 'skills/a.md', content: '' },
        { name: 'Skills/b.md', content: '' },
      ]),
    );
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('differ only in case') as string },
    });
  });

  test('[A28] devices, encryption, 64-bit and split archives are refused', () => {
    const sound = zipOf([{ name: 'a.md', content: 'hello' }]);
    const directory = new TextDecoder('latin1').decode(sound).indexOf('PK\u0001\u0002');
    const end = sound.length - 22;
    const forged = (at: number, value: number): Uint8Array => {
      const copy = sound.slice();
      new DataView(copy.buffer).setUint16(at, value, true);
      return copy;
    };
    const says = (zip: Uint8Array): string => {
      const result = unzip(zip);
      return result.ok ? 'accepted' : result.error.message;
    };
    expect(says(zipOf([{ name: 'dev', content: '', mode: 0o020666 }]))).toMatch(/neither a file nor a folder/);
    expect(says(forged(directory + 8, 1))).toMatch(/encrypted/);
    expect(says(forged(directory + 10, 9))).toMatch(/method 9/);
    expect(says(forged(end + 10, 0xffff))).toMatch(/64-bit/);
    expect(says(forged(end + 4, 1))).toMatch(/split/);
    expect(says(forged(end + 16, 3))).toMatch(/does not agree/);
    expect(says(forged(directory + 16, 0))).toMatch(/checksum/);
    const renamed = sound.slice();
    renamed[directory + 46] = 0x62;
    expect(says(renamed)).toMatch(/something else inside/);
    const trailing = new Uint8Array(sound.length + 1);
    trailing.set(sound);
    expect(says(trailing)).toMatch(/not a complete zip/);
  });

  test('[A28] files that share their packed bytes are refused', () => {
    const sound = zipOf([
      { name: 'a.md', content: 'hello' },
      { name: 'b.md', content: 'hello' },
    ]);
    const view = new DataView(sound.buffer);
    const first = view.getUint32(sound.length - 6, true);
    view.setUint8(first + 46 + 4 + 46, 'a'.charCodeAt(0));
    view.setUint32(first + 46 + 4 + 42, 0, true);
    const result = unzip(sound);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('share the same bytes') as string },
    });
  });

  test('[A28] inflating stops at the size a file claims, long before a bomb has unfolded', () => {
    // 100 MB of zeros behind a header that claims just under the ratio.
    const bomb = zipSync({ 'zeros.bin': new Uint8Array(100_000_000) }, { level: 9 });
    const directory = new TextDecoder('latin1').decode(bomb).indexOf('PK\u0001\u0002');
    new DataView(bomb.buffer).setUint32(directory + 24, bomb.length * (MAX_RATIO - 60), true);
    const before = process.memoryUsage().arrayBuffers;
    const result = unzip(bomb);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('unfolds to more than') as string },
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });
});
