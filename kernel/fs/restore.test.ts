import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { Change, Revision, Stat } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';
import { createTree } from './tree.ts';
import { nameOf } from '../protocol/paths.ts';
import { restore } from './restore.ts';

let k: Memory;
let op: Sys;
beforeEach(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterEach(() => k.stop());

const D = '/workspace/d';
const write = async (...changes: Change[]): Promise<string[]> =>
  must(await op.write(changes, { message: 'test' })).revisions;
const put = (path: string, content: string | Uint8Array): Change => ({ op: 'put', path, content, base: null });
const remove = (path: string): Change => ({ op: 'remove', path });
const back = (path: string, at?: string): Change => ({ op: 'restore', path, ...(at === undefined ? {} : { at }) });
const edit = (path: string, old: string, next: string): Change => ({ op: 'edit', path, old, new: next });
const move = (from: string, to: string): Change => ({ op: 'move', from, to });
const text = async (path: string): Promise<unknown> => {
  const read = await op.read(path);
  return read.ok ? read.value.content : read.error.code;
};
const history = async (path: string): Promise<Revision[]> => must(await op.list(path, { history: true })).entries;
const refusal = async (...changes: Change[]) => {
  const done = await op.write(changes, { message: 'test' });
  return done.ok ? 'done' : done.error.code;
};
/** Every file and folder below D, as `path` or `path: text`. */
const all = async (folder = D): Promise<string[]> => {
  const { entries } = must(await op.list(folder, { depth: 20 })) as { entries: Stat[] };
  const rows = entries.map(async ({ path, kind }) => {
    const name = path.slice(folder.length + 1);
    return kind === 'dir' ? name : `${name}: ${String(await text(path))}`;
  });
  return Promise.all(rows);
};
/** Lets time pass and names a moment that nothing was written in. */
const moment = async (): Promise<string> => {
  await k.clock.advance(10);
  const at = new Date(k.clock.now()).toISOString();
  await k.clock.advance(10);
  return at;
};

describe('what was removed', () => {
  test('[F18] a file comes back as itself, with its history, and its folders with it', async () => {
    await write(put(`${D}/e/a.md`, 'one'));
    await write(edit(`${D}/e/a.md`, 'one', 'two'));
    const before = must(await op.list(D, { depth: 9 })).entries.length;
    await write(remove(`${D}/e/a.md`));
    await write(remove(`${D}/e`));
    await write(remove(D));
    expect(await write(back(`${D}/e/a.md`))).toHaveLength(3);
    expect(await text(`${D}/e/a.md`)).toBe('two');
    expect(must(await op.list(D, { depth: 9 })).entries).toHaveLength(before);
    expect((await history(`${D}/e/a.md`)).map((row) => row.op)).toEqual(['restore', 'remove', 'edit', 'create']);
    const { runs } = must(await op.blame(`${D}/e/a.md`));
    expect(runs.map((run) => run.revision)).not.toContain((await history(`${D}/e/a.md`))[0]?.id);
    await k.stop();
    k = await bootMemory({ disk: k.disk, clock: k.clock });
    op = k.as('operator');
    expect(await all()).toEqual(['e', 'e/a.md: two']);
  });

  test('[F18] a folder comes back with what its removal took, and without what was gone before', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/e/b`, 'b'), put(`${D}/old`, 'old'), put(`${D}/e/old`, 'old'));
    await write(remove(`${D}/old`), remove(`${D}/e/old`));
    await write(remove(`${D}/a`), remove(`${D}/e/b`), remove(`${D}/e`), remove(D));
    await write(back(D));
    expect(await all()).toEqual(['a: a', 'e', 'e/b: b']);
  });

  test('[F18] a run is one removal, however many change sets it took', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/old`, 'old'));
    const by = (run: string) => ({ actor: 'operator' as const, message: 'm', run, cause: '' });
    must(await k.kernel.fs.write([remove(`${D}/old`)], by('r1')));
    must(await k.kernel.fs.write([remove(`${D}/a`)], by('r2')));
    must(await k.kernel.fs.write([remove(D)], by('r2')));
    await write(back(D));
    expect(await all()).toEqual(['a: a']);
  });

  test('the last of several that stood there, into the folder that is there now', async () => {
    await write(put(`${D}/a`, 'first'));
    await write(remove(`${D}/a`), remove(D));
    await write(put(`${D}/a`, 'second'));
    await write(remove(`${D}/a`), remove(D), put(`${D}/b`, 'new'));
    await write(back(`${D}/a`));
    expect(await all()).toEqual(['a: second', 'b: new']);
  });

  test('in the set that removed it, and watchers are told', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/e/b`, 'b'));
    const seen: string[] = [];
    op.on(`${D}/**`, (event) => seen.push(`${event.change} ${event.path}`));
    await write(remove(`${D}/e/b`), remove(`${D}/e`), back(`${D}/e`));
    expect(await all()).toEqual(['a: a', 'e', 'e/b: b']);
    expect(seen).toContain(`write ${D}/e/b`);
  });

  test('what cannot be is refused in plain words', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/f`, 'f'));
    expect(await refusal(back(`${D}/a`))).toBe('EEXIST');
    expect(await refusal(back(`${D}/nothing`))).toBe('ENOENT');
    await write(move(`${D}/a`, `${D}/b`));
    const moved = await op.write([back(`${D}/a`)], { message: 'm' });
    expect(moved).toMatchObject({ error: { code: 'ENOENT', message: expect.stringContaining(`${D}/b`) } });
    await write(remove(`${D}/f`), put(`${D}/f/x`, 'x'));
    expect(await refusal(back(`${D}/f`))).toBe('EEXIST');
    await write(remove(`${D}/f/x`), remove(`${D}/f`), put(`${D}/f`, 'file'));
    expect(await refusal(back(`${D}/f/x`))).toBe('ENOTDIR');
    expect(await refusal(back('/workspace'))).toBe('EACCES');
  });

  test('where two devices disagree it says that what stands is right', () => {
    const tree = createTree();
    const node = { id: 'n', name: nameOf(D) } as never;
    const staged = { revisions: [], touched: [], contents: new Map() };
    const emitted: unknown[] = [];
    const disputed = Object.assign(tree, { resolve: () => node, stat: () => ({ conflict: 'renamed twice' }) as never });
    restore(
      { tree: disputed, staged, emit: (id: string, change: unknown) => emitted.push([id, change]) } as never,
      { op: 'restore', path: D },
      { kind: 'removed', removals: new Map() },
    );
    expect(emitted).toEqual([['n', { op: 'restore' }]]);
  });
});

describe('as it was', () => {
  test('[F19] a text at a revision or a date is a new revision that changes only what differs', async () => {
    await write(put(`${D}/a.md`, 'one\ntwo\nthree\n'));
    const at = await moment();
    await write(edit(`${D}/a.md`, 'two', 'TWO'));
    await write(edit(`${D}/a.md`, 'three\n', 'three\nfour\n'));
    const [, middle, first] = await history(`${D}/a.md`);
    await write(back(`${D}/a.md`, middle?.id));
    expect(await text(`${D}/a.md`)).toBe('one\nTWO\nthree\n');
    const [restored] = await write(back(`${D}/a.md`, at));
    expect(await text(`${D}/a.md`)).toBe('one\ntwo\nthree\n');
    const { runs } = must(await op.blame(`${D}/a.md`));
    expect(new Set(runs.map((run) => run.revision))).toEqual(new Set([first?.id, restored]));
    expect(await write(back(`${D}/a.md`, at))).toEqual([]);
    expect(await refusal(back(`${D}/a.md`, 'yesterday'))).toBe('EINVAL');
    expect(await refusal(back(`${D}/a.md`, '1999-01-01'))).toBe('ENOENT');
  });

  test('[F19] bytes too, also of a file that is gone', async () => {
    const bytes = (...list: number[]) => Uint8Array.from([0, 255, ...list]);
    await write(put(`${D}/a`, bytes(1)));
    await write({ op: 'append', path: `${D}/a`, content: bytes(2) });
    const [appended] = await history(`${D}/a`);
    const now = must(await op.read(`${D}/a`)).stat.revision;
    await write({ op: 'put', path: `${D}/a`, content: 'text now', base: now });
    const [, , first] = await history(`${D}/a`);
    await write(back(`${D}/a`, appended?.id));
    expect(await text(`${D}/a`)).toEqual(Uint8Array.from([0, 255, 1, 0, 255, 2]));
    await write(remove(`${D}/a`));
    await write(back(`${D}/a`, first?.id));
    expect(await text(`${D}/a`)).toEqual(bytes(1));
  });

  test('[F19] a folder: made since is removed, removed is back, contents and places are as then, in one set', async () => {
    await write(
      put(`${D}/same`, 'same'),
      put(`${D}/edited`, 'v1'),
      put(`${D}/gone`, 'gone'),
      put(`${D}/swap1`, 's1'),
      put(`${D}/swap2`, 's2'),
      put(`${D}/left`, 'left'),
      put(`${D}/e/deep`, 'deep'),
      put(`${D}/g/h/under`, 'under'),
      put('/workspace/outside', 'outside'),
    );
    const before = await all();
    const same = await history(`${D}/same`);
    const at = await moment();
    await write(edit(`${D}/edited`, 'v1', 'v2'), remove(`${D}/gone`), put(`${D}/new/file`, 'new'));
    await write(move(`${D}/swap1`, `${D}/t`), move(`${D}/swap2`, `${D}/swap1`), move(`${D}/t`, `${D}/swap2`));
    await write(move(`${D}/left`, '/workspace/left'), move('/workspace/outside', `${D}/outside`));
    await write(move(`${D}/g/h`, `${D}/h`), move(`${D}/g`, `${D}/h/g`), edit(`${D}/e/deep`, 'deep', 'deeper'));
    await write(move(`${D}/e`, `${D}/new/e`), put(`${D}/e`, 'a file where a folder was'));
    const after = await all();
    const then = await moment();

    const revisions = await write(back(D, at));
    expect(await all()).toEqual(before);
    expect(await text('/workspace/outside')).toBe('outside');
    expect(await text('/workspace/left')).toBe('ENOENT');
    expect(await history(`${D}/same`)).toEqual(same);
    expect((await history(`${D}/gone`))[0]?.op).toBe('restore');
    expect(revisions.length).toBeGreaterThan(8);
    expect(await write(back(D, at))).toEqual([]);

    await write(back(D, then));
    expect(await all()).toEqual(after);
    await k.stop();
    k = await bootMemory({ disk: k.disk, clock: k.clock });
    op = k.as('operator');
    expect(await all()).toEqual(after);
  });

  test('[F19] a folder that is gone, or another one now', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/e/b`, 'b'));
    const at = await moment();
    await write(remove(`${D}/a`), remove(`${D}/e/b`), remove(`${D}/e`), remove(D));
    const none = await moment();
    await write(back(D, at));
    expect(await all()).toEqual(['a: a', 'e', 'e/b: b']);
    await write(remove(`${D}/a`), remove(`${D}/e/b`), remove(`${D}/e`), remove(D), put(`${D}/e`, 'file'));
    await write(back(D, at));
    expect(await all()).toEqual(['a: a', 'e', 'e/b: b']);
    expect(await refusal(back(D, none))).toBe('ENOENT');
    expect(await refusal(back(D, '1999-01-01'))).toBe('ENOENT');
    expect(await refusal(back(D, 'soon'))).toBe('EINVAL');
  });

  test('[F19] a revision names the moment after it; all of the workspace can go back', async () => {
    const [, first] = await write(put(`${D}/a`, 'a'));
    await write(put(`${D}/b`, 'b'));
    await write(back('/workspace', first));
    expect(await all()).toEqual(['a: a']);
  });

  test('[F19] a path at a time when its folder stood elsewhere, or another folder stood there', async () => {
    await write(put(`${D}/a/x`, 'x'), put(`${D}/b/y`, 'y'));
    const first = await moment();
    await write(move(`${D}/a`, `${D}/c`));
    const second = await moment();
    await write(move(`${D}/b`, `${D}/a`));
    expect(await refusal(back(`${D}/a`, '1999-01-01'))).toBe('ENOENT');
    // Nothing stood there: what stands there now, as it was in its own place.
    expect(await write(back(`${D}/a`, second))).toEqual([]);
    await write(back(`${D}/a`, first));
    expect(await all()).toEqual(['a', 'a/x: x', 'b', 'b/y: y']);
  });

  test('[F19] what came from a place that is taken now is left, and so is everything', async () => {
    await write(put('/workspace/x', 'x'), put(`${D}/a`, 'a'));
    const at = await moment();
    await write(move('/workspace/x', `${D}/x`), put('/workspace/x', 'another'), edit(`${D}/a`, 'a', 'b'));
    expect(await refusal(back(D, at))).toBe('EEXIST');
    expect(await all()).toEqual(['a: b', 'x: x']);
  });

  test('[F19] whatever was done in it since, a folder is as it was, with the same files', async () => {
    const names = fc.constantFrom('in/a', 'in/b', 'in/c', 'in/c/a', 'in/c/b', 'in/e/f/a', 'out/a', 'out/c', 'in');
    const step = fc.record({ what: fc.constantFrom('put', 'put', 'remove', 'move', 'mkdir'), path: names, to: names });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.array(step, { minLength: 1, maxLength: 10 }),
        async (before, since) => {
          const root = `${D}${++count}`;
          const act = async ({ what, path, to }: (typeof before)[number]): Promise<unknown> => {
            const at = `${root}/${path}`;
            // What cannot be is refused.
            if (what === 'move') return op.write([move(at, `${root}/${to}`)], { message: 'm' });
            if (what === 'remove') return op.write([remove(at)], { message: 'm' });
            if (what === 'mkdir') return op.write([{ op: 'mkdir', path: at }], { message: 'm' });
            const base = k.kernel.fs.stat(at)?.revision ?? null;
            return op.write([{ op: 'put', path: at, content: `${++count}`, base }], { message: 'm' });
          };
          const listed = async (): Promise<unknown> => {
            const found = await op.list(`${root}/in`, { depth: 9 });
            const rows = found.ok ? (found.value.entries as Stat[]) : [];
            return rows.map(({ path, kind, hash }) => [path, hash, kind === 'file' && k.kernel.fs.nodeAt(path)?.id]);
          };
          await write({ op: 'mkdir', path: `${root}/in` });
          for (const one of before) await act(one);
          const then = await listed();
          const stood = k.kernel.fs.nodeAt(`${root}/in`)?.kind === 'dir';
          const at = await moment();
          for (const one of since) await act(one);
          const now = await listed();
          const done = await op.write([back(`${root}/in`, at)], { message: 'back' });
          if (done.ok && stood) expect(await listed()).toEqual(then);
          else if (!done.ok) {
            expect(['EEXIST', 'ENOENT', 'ENOTDIR']).toContain(done.error.code);
            expect(await listed()).toEqual(now);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
