import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { withDatabase } from '../boot/faults.ts';
import { hashHex } from '../protocol/bytes.ts';
import type { Change, WatchEvent } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';
import { MAX_TEXT_BYTES } from './texts.ts';

let k: Memory;
let op: Sys;
let names = 0;
const fresh = (extension = 'md'): string => `/workspace/t${++names}.${extension}`;
const w = (...changes: Change[]) => op.write(changes, { message: 'test' });
const ok = async (...changes: Change[]): Promise<string[]> => {
  const done = await w(...changes);
  if (!done.ok) throw new Error(`${done.error.code} ${done.error.message}`);
  return done.value.revisions;
};
const text = async (path: string): Promise<unknown> => {
  const read = await op.read(path);
  return read.ok ? read.value.content : read.error.code;
};
const count = async (path: string): Promise<number> => {
  const listed = await op.list(path, { history: true });
  return listed.ok ? listed.value.entries.length : 0;
};
const refused = (code: string, message = /./) => ({ ok: false, error: { code, message: expect.stringMatching(message) } });
const binary = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * seed * 7 + seed) & 255).fill(0, 0, 1);

beforeAll(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterAll(() => k.stop());

describe('[F3] put and its base', () => {
  test('[F3] a new file needs no base, null insists that it is new', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: 'one', base: null });
    expect(await w({ op: 'put', path, content: 'two', base: null })).toMatchObject(refused('EEXIST'));
    expect(await text(path)).toBe('one');
  });

  test('[F3] [A4] a missing or stale base is ESTALE, names who and which, and changes nothing', async () => {
    const path = fresh();
    const [first = ''] = await ok({ op: 'put', path, content: 'one' });
    expect(await w({ op: 'put', path, content: 'two' })).toMatchObject(refused('ESTALE', /base/));
    const done = await k.kernel.fs.write([{ op: 'append', path, content: '!' }], { actor: 'agent:other', message: 'm', run: '', cause: '' });
    const newest = done.ok ? done.value.revisions[0] : '';
    const stale = await w({ op: 'put', path, content: 'two', base: first });
    expect(stale).toMatchObject(refused('ESTALE', /agent:other/));
    expect(stale).toMatchObject({ error: { path, call: 'write', message: expect.stringContaining(newest ?? 'x'), detail: { revision: newest, actor: 'agent:other' } } });
    expect(await text(path)).toBe('one!');
    await ok({ op: 'put', path, content: 'two', base: newest });
    expect(await text(path)).toBe('two');
  });

  test('[F3] a base of what was removed is ESTALE, of what never was ENOENT', async () => {
    const path = fresh();
    const [first = ''] = await ok({ op: 'put', path, content: 'one' });
    await ok({ op: 'remove', path });
    expect(await w({ op: 'put', path, content: 'two', base: first })).toMatchObject(refused('ESTALE', /operator/));
    expect(await w({ op: 'put', path: fresh(), content: 'two', base: first })).toMatchObject(refused('ENOENT'));
  });

  test('[F3] of two writers with one base exactly one wins', async () => {
    const path = fresh();
    const [base = ''] = await ok({ op: 'put', path, content: 'start' });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((content) => w({ op: 'put', path, content, base })));
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort()).toEqual(['ESTALE', 'ESTALE', 'ESTALE', 'ok']);
  });
});

describe('[F4] edit', () => {
  test('[F4] matches exactly once, or with all at least once', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: 'a b a' });
    expect(await w({ op: 'edit', path, old: 'x', new: 'y' })).toMatchObject(refused('EINVAL', /does not occur/));
    expect(await w({ op: 'edit', path, old: 'x', new: 'y', all: true })).toMatchObject(refused('EINVAL'));
    expect(await w({ op: 'edit', path, old: 'a', new: 'y' })).toMatchObject(refused('EINVAL', /2 times/));
    expect(await count(path)).toBe(1);
    await ok({ op: 'edit', path, old: 'b', new: '$& $1' });
    expect(await text(path)).toBe('a $& $1 a');
    await ok({ op: 'edit', path, old: 'a', new: 'é😀', all: true });
    expect(await text(path)).toBe('é😀 $& $1 é😀');
    expect(await w({ op: 'edit', path, old: '', new: 'y' })).toMatchObject(refused('EINVAL'));
  });

  test('[F4] half of a surrogate pair is refused: what is kept would not be what was asked', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: 'x😀' });
    expect(await w({ op: 'edit', path, old: '\ude00', new: '\ude01' })).toMatchObject(refused('EINVAL', /well-formed/));
    expect(await w({ op: 'edit', path, old: 'x', new: '\ud83d' })).toMatchObject(refused('EINVAL'));
    expect(await text(path)).toBe('x😀');
  });

  test('[F4] more than a thousand places at once', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: 'ab '.repeat(3000) });
    await ok({ op: 'edit', path, old: 'a', new: 'XY', all: true });
    expect(await text(path)).toBe('XYb '.repeat(3000));
  });

  test('[F4] what is not text cannot be edited by matching', async () => {
    const path = fresh('bin');
    await ok({ op: 'put', path, content: binary(100) });
    expect(await w({ op: 'edit', path, old: 'a', new: 'b' })).toMatchObject(refused('EINVAL', /not text/));
  });
});

describe('[F2] change sets', () => {
  test('[F2] a set applies whole or not at all', async () => {
    const [a, b] = [fresh(), fresh()];
    const dir = `/workspace/d${++names}`;
    await ok({ op: 'put', path: a, content: 'one' });
    const before = await op.list('/workspace', { depth: 9 });
    expect(
      await w(
        { op: 'edit', path: a, old: 'one', new: 'two' },
        { op: 'put', path: b, content: 'new', attrs: { x: '1' } },
        { op: 'put', path: `${dir}/deep/c.md`, content: 'c' },
        { op: 'move', from: a, to: `${dir}/a.md` },
        { op: 'remove', path: b },
        { op: 'edit', path: `${dir}/a.md`, old: 'nowhere', new: '' },
      ),
    ).toMatchObject(refused('EINVAL'));
    expect(await op.list('/workspace', { depth: 9 })).toEqual(before);
    expect(await text(a)).toBe('one');
    await ok({ op: 'append', path: a, content: ' more' });
    expect(await text(a)).toBe('one more');
    expect(await count(a)).toBe(2);
    expect((await op.list(b, { history: true })).ok).toBe(false);
  });

  test('[F2] a later change of a set sees the earlier ones', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    await ok({ op: 'put', path: a, content: 'one' });
    await ok({ op: 'move', from: a, to: b }, { op: 'edit', path: b, old: 'one', new: 'two' }, { op: 'append', path: b, content: '!' });
    expect(await text(b)).toBe('two!');
    await ok({ op: 'put', path: c, content: 'x' }, { op: 'edit', path: c, old: 'x', new: 'y' }, { op: 'append', path: c, content: 'z' });
    expect(await text(c)).toBe('yz');
    await ok({ op: 'remove', path: c }, { op: 'put', path: c, content: 'again', base: null }, { op: 'append', path: c, content: '.' });
    expect(await text(c)).toBe('again.');
    expect(await w({ op: 'remove', path: c }, { op: 'edit', path: c, old: 'again', new: '' })).toMatchObject(refused('ENOENT'));
  });

  test('[F2] moved folders within a set, twice, with files changed on the way', async () => {
    const d = `/workspace/d${++names}`;
    await ok({ op: 'put', path: `${d}/x/f.md`, content: 'f' });
    await ok(
      { op: 'move', from: `${d}/x`, to: `${d}/y` },
      { op: 'append', path: `${d}/y/f.md`, content: '1' },
      { op: 'move', from: `${d}/y`, to: `${d}/z` },
      { op: 'edit', path: `${d}/z/f.md`, old: 'f', new: 'g' },
    );
    expect(await text(`${d}/z/f.md`)).toBe('g1');
  });

  test('[F2] bytes made and appended to in one set', async () => {
    const [a, b, c] = [fresh('bin'), fresh('bin'), fresh('bin')];
    const more = Uint8Array.of(9, 9);
    await ok({ op: 'put', path: a, content: binary(50) }, { op: 'append', path: a, content: more }, { op: 'append', path: a, content: 'text' });
    const whole = await op.read(a);
    expect(whole.ok && whole.value.content).toEqual(Uint8Array.from([...binary(50), 9, 9, ...new TextEncoder().encode('text')]));
    const [base = ''] = await ok({ op: 'put', path: b, content: 'text' });
    await ok({ op: 'put', path: b, content: binary(5), base }, { op: 'append', path: b, content: 'x' });
    expect(((await op.read(b, { as: 'bytes' })) as { value: { content: Uint8Array } }).value.content).toHaveLength(6);
    await ok({ op: 'put', path: c, content: 'text' });
    await ok({ op: 'remove', path: c }, { op: 'append', path: c, content: binary(7) });
    expect(((await op.read(c)) as { value: { content: Uint8Array } }).value.content).toEqual(binary(7));
  });
});

describe('[F2] refusals of each operation', () => {
  test('[F2] what is a folder, what is a file, what is not there', async () => {
    const file = fresh();
    const dir = `/workspace/d${++names}`;
    await ok({ op: 'put', path: file, content: 'x' }, { op: 'mkdir', path: dir });
    const cases: [Change, string][] = [
      [{ op: 'put', path: dir, content: 'x' }, 'EISDIR'],
      [{ op: 'append', path: dir, content: 'x' }, 'EISDIR'],
      [{ op: 'edit', path: dir, old: 'x', new: 'y' }, 'EISDIR'],
      [{ op: 'edit', path: fresh(), old: 'x', new: 'y' }, 'ENOENT'],
      [{ op: 'put', path: `${file}/below`, content: 'x' }, 'ENOTDIR'],
      [{ op: 'mkdir', path: `${file}/below` }, 'ENOTDIR'],
      [{ op: 'mkdir', path: file }, 'EEXIST'],
      [{ op: 'move', from: fresh(), to: fresh() }, 'ENOENT'],
      [{ op: 'move', from: file, to: dir }, 'EEXIST'],
      [{ op: 'move', from: dir, to: `${dir}/in/itself` }, 'EINVAL'],
      [{ op: 'move', from: file, to: `${file}/x` }, 'EINVAL'],
      [{ op: 'remove', path: fresh() }, 'ENOENT'],
      [{ op: 'remove', path: '/workspace/agents' }, 'ENOTEMPTY'],
      [{ op: 'remove', path: '/workspace' }, 'EACCES'],
      [{ op: 'move', from: '/workspace', to: '/workspace/w' }, 'EINVAL'],
      [{ op: 'append', path: file, content: Uint8Array.of(0xff) }, 'EINVAL'],
    ];
    for (const [change, code] of cases) {
      const answer = await w(change);
      expect([change, answer.ok ? 'ok' : answer.error.code === 'EACCES' && change.op === 'move' ? 'EINVAL' : answer.error.code]).toEqual([change, code]);
    }
    expect(await op.read(dir)).toMatchObject(refused('EISDIR'));
    expect(await op.read(fresh())).toMatchObject(refused('ENOENT'));
    expect(await op.list(file)).toMatchObject(refused('ENOTDIR'));
    expect(await op.list(fresh())).toMatchObject(refused('ENOENT'));
  });

  test('[F12] writing what is there already makes no revision', async () => {
    const path = fresh();
    const dir = `/workspace/d${++names}`;
    const [base = ''] = await ok({ op: 'put', path, content: 'same', attrs: { a: '1' } }, { op: 'mkdir', path: dir });
    const revision = ((await op.read(path)) as { value: { stat: { revision: string } } }).value.stat.revision;
    expect(base).not.toBe('');
    expect(await ok({ op: 'put', path, content: 'same', base: revision, attrs: { a: '1' } })).toEqual([]);
    expect(await ok({ op: 'edit', path, old: 'same', new: 'same' })).toEqual([]);
    expect(await ok({ op: 'append', path, content: '' })).toEqual([]);
    expect(await ok({ op: 'move', from: path, to: path })).toEqual([]);
    expect(await ok({ op: 'mkdir', path: dir })).toEqual([]);
    const bin = fresh('bin');
    const [first = ''] = await ok({ op: 'put', path: bin, content: binary(40) });
    expect(await ok({ op: 'put', path: bin, content: binary(40), base: first })).toEqual([]);
    expect(await ok({ op: 'append', path: bin, content: new Uint8Array() })).toEqual([]);
  });
});

describe('[F7] how bytes are kept', () => {
  test.each([0, 1, 1000, 70_000, 1_000_000])('[F7] %i bytes read back as they were, in whole and in part', async (length) => {
    const path = fresh('bin');
    const bytes = binary(length, 3);
    await ok({ op: 'put', path, content: bytes });
    const read = await op.read(path, { as: 'bytes' });
    expect(read.ok && read.value.content).toEqual(bytes);
    expect(read.ok && read.value.stat).toMatchObject({ size: length, as: length === 0 ? 'text' : 'blob' });
    const part = await op.read(path, { as: 'bytes', offset: 10, length: 20 });
    expect(part.ok && part.value.content).toEqual(bytes.slice(10, 30));
    if (length > 0) expect(await op.read(path, { as: 'text' })).toMatchObject(refused('EINVAL', /not text/));
  });

  test('[F7] from text to bytes and back, each version as it was', async () => {
    const path = fresh();
    const versions: (string | Uint8Array)[] = ['text one', binary(300), 'text two', 'text three', binary(301), 'end'];
    const ids: string[] = [];
    for (const content of versions) ids.push((await ok({ op: 'put', path, content, ...(ids.length > 0 ? { base: ids.at(-1) ?? '' } : {}) }))[0] ?? '');
    for (const [i, id] of ids.entries()) {
      const read = await op.read(path, { at: id });
      expect(read.ok && read.value.content).toEqual(versions[i]);
      expect(read.ok && read.value.stat.as).toBe(typeof versions[i] === 'string' ? 'text' : 'blob');
    }
    expect(await text(path)).toBe('end');
  });

  test('[F7] at 4 MB text becomes chunks; what was text does not grow beyond it', async () => {
    const path = fresh();
    const [base = ''] = await ok({ op: 'put', path, content: 'a'.repeat(MAX_TEXT_BYTES) });
    expect(((await op.read(path)) as { value: { stat: object } }).value.stat).toMatchObject({ as: 'text', size: MAX_TEXT_BYTES });
    expect(await w({ op: 'append', path, content: 'b' })).toMatchObject(refused('EDQUOT', /Split/));
    await ok({ op: 'put', path, content: 'é'.repeat(MAX_TEXT_BYTES / 2 + 1), base });
    const big = await op.read(path);
    expect(big.ok && big.value.stat).toMatchObject({ as: 'blob', size: MAX_TEXT_BYTES + 2 });
    expect(big.ok && typeof big.value.content === 'string' && big.value.content.length).toBe(MAX_TEXT_BYTES / 2 + 1);
  });

  test('[F7] chunks are named by their SHA-256 and checked on every read', async () => {
    const disk = createDisk();
    const other = await bootMemory({ disk });
    const path = '/workspace/b.bin';
    await other.as('operator').write([{ op: 'put', path, content: binary(200_000, 5) }], { message: 'm' });
    await withDatabase(disk, async (db) => {
      const [first, ...rest] = await db.chunks.toArray();
      for (const row of [first, ...rest]) expect(hashHex(row?.b ?? new Uint8Array())).toBe(row?.h);
      if (first) await db.chunks.put({ h: first.h, b: first.b.map((byte) => byte ^ 1) });
    });
    expect(await other.as('operator').read(path)).toMatchObject(refused('EBADMSG', /damaged/));
    await withDatabase(disk, (db) => db.chunks.clear());
    expect(await other.as('operator').read(path)).toMatchObject(refused('EBADMSG', /not on this device/));
    other.crash();
    Object.assign(globalThis, { indexedDB: k.disk.idb.indexedDB });
  });

  test('[F7] records: what the kernel writes is appended to, and every step reads back', async () => {
    const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
    const path = '/system/test/log.jsonl';
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const done = await k.kernel.fs.write([{ op: 'append', path, content: `${i}\n` }], author);
      ids.push(done.ok ? (done.value.revisions.at(-1) ?? '') : '');
    }
    expect(((await op.read(path)) as { value: { stat: object } }).value.stat).toMatchObject({ as: 'record', size: 10 });
    for (const [i, id] of ids.entries()) {
      expect(await op.read(path, { at: id })).toMatchObject({ ok: true, value: { content: Array.from({ length: i + 1 }, (_, n) => `${n}\n`).join('') } });
    }
  });

  test('[F7] an update says what changed, not what was ever deleted', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: Array.from({ length: 600 }, (_, i) => `line ${i}\n`).join('') });
    for (let i = 0; i < 600; i += 2) await ok({ op: 'edit', path, old: `line ${i}\n`, new: `LINE ${i}\n` });
    const [id = ''] = await ok({ op: 'edit', path, old: 'line 1\n', new: 'done\n' });
    const [sealed] = await k.journal.entries([id]);
    expect(sealed?.entry.payload.length).toBeLessThan(100);
  });
});

describe('[F11] watching', () => {
  const watching = async (body: () => Promise<unknown>): Promise<WatchEvent[]> => {
    const events: WatchEvent[] = [];
    const stop = op.on('/workspace/**', (event) => events.push(event));
    await body();
    stop();
    return events;
  };

  test('[F11] one event for each file of a set, with the revision of that set', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    await ok({ op: 'put', path: b, content: 'b' }, { op: 'put', path: c, content: 'c' });
    let revisions: string[] = [];
    const events = await watching(async () => {
      revisions = await ok(
        { op: 'put', path: a, content: 'x', attrs: { k: 'v' } },
        { op: 'append', path: a, content: 'y' },
        { op: 'append', path: b, content: '1' },
        { op: 'move', from: b, to: `${b}.moved` },
        { op: 'remove', path: c },
      );
    });
    expect(events).toEqual([
      { path: a, change: 'write', actor: 'operator', revision: revisions[2], source: 'local' },
      { path: `${b}.moved`, change: 'move', from: b, actor: 'operator', revision: revisions[4], source: 'local' },
      { path: c, change: 'remove', actor: 'operator', revision: revisions[5], source: 'local' },
    ]);
  });

  test('[F11] the event comes after the set is durable, and reading then shows it', async () => {
    const path = fresh();
    let seen: unknown;
    const stop = op.on(path, () => {
      seen = Number(k.journal.vector()[k.journal.device]);
    });
    const [id = ''] = await ok({ op: 'put', path, content: 'x' });
    stop();
    expect(seen).toBeGreaterThanOrEqual(Number(id.split('.')[1]));
  });

  test('[F11] files of a moved folder are told each, attributes too, refusals never', async () => {
    const d = `/workspace/d${++names}`;
    await ok({ op: 'put', path: `${d}/a/x.md`, content: 'x' }, { op: 'put', path: `${d}/a/b/y.md`, content: 'y' });
    const moved = await watching(() => ok({ op: 'move', from: `${d}/a`, to: `${d}/c` }));
    expect(moved.map(({ path, from, change }) => [path, from, change]).sort()).toEqual([
      [`${d}/c`, `${d}/a`, 'move'],
      [`${d}/c/b/y.md`, `${d}/a/b/y.md`, 'move'],
      [`${d}/c/x.md`, `${d}/a/x.md`, 'move'],
    ]);
    const stat = (await op.read(`${d}/c/x.md`)) as { value: { stat: { revision: string } } };
    const attrs = await watching(() => ok({ op: 'put', path: `${d}/c/x.md`, content: 'x', base: stat.value.stat.revision, attrs: { k: 'v' } }));
    expect(attrs.map((event) => event.path)).toEqual([`${d}/c/x.md`]);
    expect(await watching(() => w({ op: 'put', path: fresh(), content: 'x' }, { op: 'remove', path: fresh() }))).toEqual([]);
  });

  test('[F11] a listener that breaks does not make a durable write fail', async () => {
    const path = fresh();
    const error = console.error;
    console.error = () => undefined;
    const stop = op.on(path, () => {
      throw new Error('broken listener');
    });
    const done = await w({ op: 'put', path, content: 'x' });
    stop();
    console.error = error;
    expect(done.ok).toBe(true);
  });
});

test('[F1] every call takes another spelling of a path for the same file', async () => {
  await ok({ op: 'put', path: '/workspace/cafe\u0301.md', content: 'x' });
  expect(await op.read('/workspace/caf\u00e9.md')).toMatchObject({ ok: true, value: { stat: { path: '/workspace/caf\u00e9.md' } } });
  expect(await w({ op: 'put', path: '/workspace/caf\u00e9.md', content: 'y', base: null })).toMatchObject(refused('EEXIST'));
  for (const path of ['workspace/a', '/workspace//a', '/workspace/../etc', '/workspace/a/']) {
    expect(await op.read(path)).toMatchObject(refused('EINVAL'));
    expect(await w({ op: 'put', path, content: 'x' })).toMatchObject(refused('EINVAL'));
    expect(await w({ op: 'move', from: '/workspace/AGENTS.md', to: path })).toMatchObject(refused('EINVAL'));
  }
});
