import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import type { Change } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';

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
const refused = (code: string, message = /./) => ({
  ok: false,
  error: { code, message: expect.stringMatching(message) },
});
const binary = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * seed * 7 + seed) & 255).fill(0, 0, 1);

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
    const done = await k.kernel.fs.write([{ op: 'append', path, content: '!' }], {
      actor: 'agent:other',
      message: 'm',
      run: '',
      cause: '',
    });
    const newest = done.ok ? done.value.revisions[0] : '';
    const stale = await w({ op: 'put', path, content: 'two', base: first });
    expect(stale).toMatchObject(refused('ESTALE', /agent:other/));
    expect(stale).toMatchObject({
      error: {
        path,
        call: 'write',
        message: expect.stringContaining(newest ?? 'x'),
        detail: { revision: newest, actor: 'agent:other' },
      },
    });
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
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort()).toEqual([
      'ESTALE',
      'ESTALE',
      'ESTALE',
      'ok',
    ]);
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
    await ok(
      { op: 'move', from: a, to: b },
      { op: 'edit', path: b, old: 'one', new: 'two' },
      { op: 'append', path: b, content: '!' },
    );
    expect(await text(b)).toBe('two!');
    await ok(
      { op: 'put', path: c, content: 'x' },
      { op: 'edit', path: c, old: 'x', new: 'y' },
      { op: 'append', path: c, content: 'z' },
    );
    expect(await text(c)).toBe('yz');
    await ok(
      { op: 'remove', path: c },
      { op: 'put', path: c, content: 'again', base: null },
      { op: 'append', path: c, content: '.' },
    );
    expect(await text(c)).toBe('again.');
    expect(await w({ op: 'remove', path: c }, { op: 'edit', path: c, old: 'again', new: '' })).toMatchObject(
      refused('ENOENT'),
    );
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
    await ok(
      { op: 'put', path: a, content: binary(50) },
      { op: 'append', path: a, content: more },
      { op: 'append', path: a, content: 'text' },
    );
    const whole = await op.read(a);
    expect(whole.ok && whole.value.content).toEqual(
      Uint8Array.from([...binary(50), 9, 9, ...new TextEncoder().encode('text')]),
    );
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
      expect([
        change,
        answer.ok ? 'ok' : answer.error.code === 'EACCES' && change.op === 'move' ? 'EINVAL' : answer.error.code,
      ]).toEqual([change, code]);
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

test('[F1] every call takes another spelling of a path for the same file', async () => {
  await ok({ op: 'put', path: '/workspace/cafe\u0301.md', content: 'x' });
  expect(await op.read('/workspace/caf\u00e9.md')).toMatchObject({
    ok: true,
    value: { stat: { path: '/workspace/caf\u00e9.md' } },
  });
  expect(await w({ op: 'put', path: '/workspace/caf\u00e9.md', content: 'y', base: null })).toMatchObject(
    refused('EEXIST'),
  );
  for (const path of ['workspace/a', '/workspace//a', '/workspace/../etc', '/workspace/a/']) {
    expect(await op.read(path)).toMatchObject(refused('EINVAL'));
    expect(await w({ op: 'put', path, content: 'x' })).toMatchObject(refused('EINVAL'));
    expect(await w({ op: 'move', from: '/workspace/AGENTS.md', to: path })).toMatchObject(refused('EINVAL'));
  }
});
