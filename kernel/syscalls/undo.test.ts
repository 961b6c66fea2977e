import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must, ok } from '../protocol/errors.ts';
import type { Change, Revision, Stat } from '../protocol/files.ts';
import type { Args, Undone } from '../protocol/syscalls.ts';
import type { Sys } from '../protocol/sys.ts';

let k: Memory;
let op: Sys;
beforeEach(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterEach(() => k.stop());

const D = '/workspace/d';
const put = (path: string, content: string | Uint8Array): Change => ({ op: 'put', path, content, base: null });
const remove = (path: string): Change => ({ op: 'remove', path });
const edit = (path: string, old: string, next: string): Change => ({ op: 'edit', path, old, new: next });
const move = (from: string, to: string): Change => ({ op: 'move', from, to });
const write = async (...changes: Change[]): Promise<string[]> =>
  must(await op.write(changes, { message: 'mine' })).revisions;
/** As a run of an agent would have written. */
const run = (id: string, ...changes: Change[]) =>
  k.kernel.fs.write(changes, { actor: 'agent:a', message: 'run', run: id, cause: `${id}.1` });
const undo = async (args: Args<'undo'>): Promise<Undone> => must(await op.call('undo', args)) as Undone;
const text = async (path: string): Promise<unknown> => {
  const read = await op.read(path);
  return read.ok ? read.value.content : read.error.code;
};
const all = async (): Promise<string[]> => {
  const listed = await op.list(D, { depth: 20 });
  const rows = (listed.ok ? (listed.value.entries as Stat[]) : []).map(async ({ path, kind }) =>
    kind === 'dir' ? path : `${path}: ${String(await text(path))}`,
  );
  return Promise.all(rows);
};
const history = async (path: string): Promise<Revision[]> => must(await op.list(path, { history: true })).entries;

describe('[U1] what one run did is taken back', () => {
  test('as one change set of the operator, each kind of change as its opposite', async () => {
    await write(
      put(`${D}/edited`, 'one\ntwo\n'),
      put(`${D}/removed`, 'r'),
      put(`${D}/moved`, 'm'),
      put(`${D}/f/x`, 'x'),
    );
    await write(put(`${D}/bytes`, Uint8Array.from([0, 255])), put(`${D}/replaced`, 'text'));
    const before = await all();
    must(await run('r1', edit(`${D}/edited`, 'two', '2'), remove(`${D}/removed`), move(`${D}/moved`, `${D}/n/m`)));
    must(
      await run('r1', { op: 'append', path: `${D}/bytes`, content: Uint8Array.from([7]) }, put(`${D}/new/file`, 'n')),
    );
    must(await run('r1', remove(`${D}/f/x`), remove(`${D}/f`), edit(`${D}/edited`, '2', 'zwei')));
    must(await run('r1', remove(`${D}/replaced`), put(`${D}/replaced`, 'another file')));

    const dry = await undo({ run: 'r1', dry: true });
    expect(dry.revisions).toEqual([]);
    expect(await text(`${D}/new/file`)).toBe('n');
    const done = await undo({ run: 'r1' });
    expect({ ...done, revisions: [] }).toEqual(dry);
    expect(await all()).toEqual(before);
    expect(done.conflicts).toEqual([]);
    const by = Object.fromEntries(done.files.map(({ path, what }) => [path, what]));
    expect(by).toMatchObject({ [`${D}/edited`]: 'changed', [`${D}/moved`]: 'moved', [`${D}/f/x`]: 'restored' });
    expect(by).toMatchObject({ [`${D}/new/file`]: 'removed', [`${D}/removed`]: 'restored', [`${D}/bytes`]: 'changed' });
    const [newest] = await history(`${D}/edited`);
    expect(newest).toMatchObject({ actor: 'operator', message: 'Undo of run r1' });
    expect((await history(`${D}/removed`)).map((row) => row.op)).toEqual(['restore', 'remove', 'create']);
    expect(await undo({ run: 'r2' })).toEqual({ revisions: [], files: [], conflicts: [] });
  });

  test('what it made in a folder of its own, moved out, and whose folder it removed: neither is left', async () => {
    const at = `${D}gone`;
    await write({ op: 'mkdir', path: at });
    must(await run('gone', put(`${at}/c/a`, 'x'), { op: 'move', from: `${at}/c/a`, to: `${at}/a` }));
    must(await run('gone', { op: 'mkdir', path: `${at}/c/d` }, { op: 'move', from: `${at}/c/d`, to: `${at}/d` }));
    must(await run('gone', { op: 'remove', path: `${at}/c` }));
    expect((await undo({ run: 'gone' })).conflicts).toEqual([]);
    expect(must(await op.list(at)).entries).toEqual([]);
  });

  test('whatever it did: everything is as it was before', async () => {
    const names = fc.constantFrom('a', 'b', 'c/a', 'c/b', 'c', 'e/f/a');
    const step = fc.oneof(
      fc.record({ do: fc.constant('put'), path: names, to: names }),
      fc.record({ do: fc.constant('remove'), path: names, to: names }),
      fc.record({ do: fc.constant('move'), path: names, to: names }),
      fc.record({ do: fc.constant('mkdir'), path: names, to: names }),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 6 }),
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        async (first, sets) => {
          const root = `${D}${++count}`;
          const id = `run${count}`;
          const change = ({ do: what, path, to }: (typeof first)[number]): Change => {
            const at = `${root}/${path}`;
            if (what === 'put') {
              const stat = k.kernel.fs.stat(at);
              return { op: 'put', path: at, content: `${++count}\n`, base: stat?.revision ?? null };
            }
            if (what === 'move') return { op: 'move', from: at, to: `${root}/${to}` };
            return what === 'remove' ? { op: 'remove', path: at } : { op: 'mkdir', path: at };
          };
          await write({ op: 'mkdir', path: root });
          // What cannot be is refused, and is no part of the run.
          for (const one of first) await op.write([change(one)], { message: 'before' });
          const listed = async () => {
            const { entries } = must(await op.list(root, { depth: 9 })) as { entries: Stat[] };
            return entries.map(({ path, kind, hash }) => `${path} ${kind} ${hash}`);
          };
          const before = await listed();
          for (const set of sets) await run(id, ...set.map(change));
          const { conflicts } = await undo({ run: id });
          expect(conflicts).toEqual([]);
          expect(await listed()).toEqual(before);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('[U2] later work by others stays', () => {
  test('other lines of the same text', async () => {
    await write(put(`${D}/a`, '1\n2\n3\n4\n5\n6\n7\n'));
    must(await run('r', edit(`${D}/a`, '1\n', 'one\n')));
    await write(edit(`${D}/a`, '4\n', 'four\n'));
    must(await run('r', edit(`${D}/a`, '7\n', 'seven\n')));
    await write(edit(`${D}/a`, 'four\n', 'vier\n'));
    const { files, conflicts } = await undo({ run: 'r' });
    expect([files, conflicts]).toEqual([[{ path: `${D}/a`, what: 'changed' }], []]);
    expect(await text(`${D}/a`)).toBe('1\n2\n3\nvier\n5\n6\n7\n');
  });

  test('what cannot be told apart is named and left alone, the rest is taken back', async () => {
    await write(put(`${D}/a`, 'one\n'), put(`${D}/b`, Uint8Array.from([0, 1])), put(`${D}/c`, 'c'), put(`${D}/m`, 'm'));
    must(await run('r', edit(`${D}/a`, 'one', 'two'), put(`${D}/new`, 'n'), edit(`${D}/c`, 'c', 'C')));
    must(await run('r', { op: 'append', path: `${D}/b`, content: Uint8Array.from([2]) }, move(`${D}/m`, `${D}/m2`)));
    await write(edit(`${D}/a`, 'two', 'three'), { op: 'append', path: `${D}/b`, content: Uint8Array.from([3]) });
    await write(edit(`${D}/new`, 'n', 'mine'), put(`${D}/m`, 'another'));
    const { files, conflicts } = await undo({ run: 'r' });
    expect(files).toEqual([{ path: `${D}/c`, what: 'changed' }]);
    expect(conflicts.map(({ path }) => path).sort()).toEqual([`${D}/a`, `${D}/b`, `${D}/m2`, `${D}/new`]);
    expect(conflicts.find(({ path }) => path === `${D}/a`)).toMatchObject({
      actor: 'operator',
      reason: expect.stringContaining('operator changed the same lines later'),
      revision: (await history(`${D}/a`))[0]?.id,
    });
    expect(await text(`${D}/a`)).toBe('three\n');
    expect(await text(`${D}/new`)).toBe('mine');
    expect(await text(`${D}/m2`)).toBe('m');
  });

  test('what others removed, moved on, or put into a folder of the run', async () => {
    await write(put(`${D}/a`, 'a'), put(`${D}/b`, 'b'), put(`${D}/old/x`, 'x'));
    must(await run('r', edit(`${D}/a`, 'a', 'A'), move(`${D}/b`, `${D}/b2`), put(`${D}/f/mine`, 'r')));
    must(await run('r', move(`${D}/old/x`, `${D}/x`), remove(`${D}/old`)));
    await write(remove(`${D}/a`), move(`${D}/b2`, `${D}/b3`), put(`${D}/f/yours`, 'o'));
    const { conflicts } = await undo({ run: 'r' });
    expect(conflicts).toEqual([]);
    expect(await all()).toEqual([`${D}/b3: b`, `${D}/f`, `${D}/f/yours: o`, `${D}/old`, `${D}/old/x: x`]);
  });

  test('also of a folder that others moved since', async () => {
    await write(put(`${D}/w/a`, 'a'), put(`${D}/w/gone`, 'gone'));
    must(await run('r', put(`${D}/w/new`, 'n'), move(`${D}/w/a`, `${D}/w/b`), remove(`${D}/w/gone`)));
    await write(move(`${D}/w`, `${D}/v`));
    expect((await undo({ run: 'r' })).conflicts).toEqual([]);
    expect(await all()).toEqual([`${D}/v`, `${D}/v/a: a`, `${D}/v/gone: gone`]);
  });
});

test('[U1] by actor, time and folder', async () => {
  const wait = async (): Promise<string> => {
    await k.clock.advance(10);
    const at = new Date(k.clock.now()).toISOString();
    await k.clock.advance(10);
    return at;
  };
  await write(put(`${D}/a`, '0'), put(`${D}/e/b`, '0'));
  must(await run('r1', edit(`${D}/a`, '0', '1')));
  const since = await wait();
  must(await run('r2', edit(`${D}/a`, '1', '2'), edit(`${D}/e/b`, '0', '2')));
  const until = await wait();
  must(await run('r3', edit(`${D}/e/b`, '2', '2\n3')));
  expect((await undo({ actor: 'agent:a', since, until, under: `${D}/a` })).files).toHaveLength(1);
  expect(await text(`${D}/a`)).toBe('1');
  expect((await undo({ actor: 'agent:a', since, until })).conflicts).toMatchObject([{ path: `${D}/e/b` }]);
  expect((await undo({ actor: 'agent:a', since })).files).toEqual([{ path: `${D}/e/b`, what: 'changed' }]);
  expect(await text(`${D}/e/b`)).toBe('0');
});

test('[U3] a file that changed while it was planned is planned again', async () => {
  await write(put(`${D}/a`, 'a'), put(`${D}/b`, 'b'));
  must(await run('r', put(`${D}/new`, 'n'), edit(`${D}/b`, 'b', 'B')));
  const { takeBack } = k.kernel.fs;
  let plans = 0;
  k.kernel.fs.takeBack = async (which) => {
    const plan = await takeBack(which);
    if (plans++ === 0) await write(edit(`${D}/new`, 'n', 'touched'));
    return plan;
  };
  const { files, conflicts } = await undo({ run: 'r' });
  expect(plans).toBe(2);
  expect(files).toEqual([{ path: `${D}/b`, what: 'changed' }]);
  expect(conflicts).toMatchObject([{ path: `${D}/new` }]);
  expect(await text(`${D}/new`)).toBe('touched');
});

test('[U3] refused: nothing named, what is not below /workspace, a run that goes on, and others than the operator', async () => {
  const refusal = async (args: Args<'undo'>, as = op) => {
    const done = await as.call('undo', args);
    return done.ok ? 'done' : done.error.code;
  };
  expect(await refusal({})).toBe('EINVAL');
  expect(await refusal({ actor: 'agent:a', since: 'soon' })).toBe('EINVAL');
  expect(await refusal({ actor: 'agent:a', under: '/system' })).toBe('EACCES');
  expect(await refusal({ actor: 'agent:a' }, k.as('agent:a'))).toBe('EACCES');
  let end = (): void => undefined;
  const ending = new Promise<void>((resolve) => (end = resolve));
  const { ended } = await k.kernel.processes.spawn(
    { id: 'live', actor: 'agent:a', kind: 'agent', title: 't', by: 'operator', capabilities: [], record: true },
    async () => {
      await ending;
      return { state: 'done', usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 } };
    },
  );
  expect(await refusal({ run: 'live' })).toBe('EBUSY');
  end();
  await ended;
  await write(put(`${D}/old`, 'x'));
  must(await run('live', put(`${D}/new`, 'n')));
  expect((await undo({ run: 'live' })).files).toEqual([{ path: `${D}/new`, what: 'removed' }]);
  expect(must(ok(await text('/system/runs')))).toBe('EISDIR');
});
