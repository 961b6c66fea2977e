import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Memory } from '../boot/memory.ts';
import { withDatabase } from '../boot/faults.ts';
import type { Change } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Actor } from '../protocol/actor.ts';
import { decodePage } from './hist-store.ts';

let k: Memory;
let op: Sys;
let names = 0;
const fresh = (): string => `/workspace/h${++names}.md`;
const by = async (actor: Actor, ...changes: Change[]): Promise<string[]> => {
  const done = await k.kernel.fs.write(changes, {
    actor,
    message: `${actor} ${changes[0]?.op}`,
    run: actor === 'operator' ? '' : 'run1',
    cause: '',
  });
  if (!done.ok) throw new Error(done.error.message);
  return done.value.revisions;
};
const w = (...changes: Change[]) => by('operator', ...changes);
const at = async (path: string, revision: string): Promise<unknown> => {
  const read = await op.read(path, { at: revision });
  return read.ok ? read.value.content : read.error.code;
};
const messages = async (path: string): Promise<string[]> => {
  const listed = await op.list(path, { history: true });
  return listed.ok ? listed.value.entries.map((entry) => `${entry.op} ${entry.path}`) : [];
};

beforeAll(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterAll(() => k.stop());

describe('[F5] every version of every file', () => {
  test('[F5] [A3] after overwrite, edit, move and delete each version reads back, and history only grows', async () => {
    const [a, b] = [fresh(), fresh()];
    const versions: [string, string][] = [];
    let lengthBefore = 0;
    const step = async (content: string, ...changes: Change[]): Promise<void> => {
      versions.push([(await w(...changes)).at(-1) ?? '', content]);
      const path = versions.length > 4 ? b : a;
      const history = await op.list(path, { history: true });
      expect(history.ok && history.value.entries.length).toBe(lengthBefore + 1);
      expect(history.ok && history.value.entries[0]?.id).toBe(versions.at(-1)?.[0]);
      lengthBefore++;
    };
    await step('one', { op: 'put', path: a, content: 'one' });
    await step('two', { op: 'put', path: a, content: 'two', base: versions.at(-1)?.[0] ?? '' });
    await step('two and', { op: 'append', path: a, content: ' and' });
    await step('2 and', { op: 'edit', path: a, old: 'two', new: '2' });
    await step('2 and', { op: 'move', from: a, to: b });
    await step('2 and', { op: 'remove', path: b });
    for (const path of [a, b]) for (const [id, content] of versions) expect(await at(path, id)).toBe(content);
    expect(await messages(b)).toEqual([
      `remove ${b}`,
      `rename ${b}`,
      `edit ${a}`,
      `edit ${a}`,
      `edit ${a}`,
      `create ${a}`,
    ]);
    // Reverting is writing again.
    await w({ op: 'put', path: b, content: 'one' });
    expect(await op.read(b)).toMatchObject({ ok: true, value: { content: 'one' } });
    expect((await messages(b)).length).toBe(7);
  });

  test('[F5] a path that another file took does not hide the file that had it', async () => {
    const [path, elsewhere] = [fresh(), fresh()];
    const [first = ''] = await w({ op: 'put', path, content: 'first' });
    await w({ op: 'remove', path });
    const [second = ''] = await w({ op: 'put', path, content: 'second' });
    await w({ op: 'move', from: path, to: elsewhere });
    const [third = ''] = await w({ op: 'put', path, content: 'third' });
    expect(await Promise.all([first, second, third].map((id) => at(path, id)))).toEqual(['first', 'second', 'third']);
    expect(await at(elsewhere, second)).toBe('second');
    expect(await messages(path)).toEqual([`create ${path}`, `create ${path}`, `remove ${path}`, `create ${path}`]);
    expect(await messages(elsewhere)).toEqual([`rename ${elsewhere}`, `create ${path}`]);
  });

  test('[F5] under paths through folders that moved or were removed and made again', async () => {
    const d = `/workspace/dir${++names}`;
    const [, id = ''] = await w({ op: 'put', path: `${d}/old/f.md`, content: 'v1' }).then((ids) => [
      ids[0],
      ids.at(-1),
    ]);
    await w({ op: 'move', from: `${d}/old`, to: `${d}/new` });
    await w({ op: 'remove', path: `${d}/new/f.md` }, { op: 'remove', path: `${d}/new` });
    await w({ op: 'put', path: `${d}/new/f.md`, content: 'v2' });
    await w({ op: 'put', path: `${d}/old/f.md`, content: 'v3' });
    for (const path of [`${d}/old/f.md`, `${d}/new/f.md`]) expect(await at(path, id)).toBe('v1');
  });

  test('[F5] by date: what stood at the path then', async () => {
    const [path, other] = [fresh(), fresh()];
    const times: string[] = [];
    const tick = async (): Promise<void> => {
      times.push(new Date(k.clock.now()).toISOString());
      k.clock.set(k.clock.now() + 60_000);
    };
    await w({ op: 'put', path: other, content: 'other' });
    await tick();
    await w({ op: 'put', path, content: 'one' });
    await tick();
    await w({ op: 'append', path, content: '+' });
    await tick();
    await w({ op: 'remove', path });
    await w({ op: 'move', from: other, to: path });
    await tick();
    expect(await Promise.all(times.slice(1).map((time) => at(path, time)))).toEqual(['one', 'one+', 'other']);
    expect(await at(path, '2001-01-01')).toBe('ENOENT');
    expect(await at(path, 'not a date')).toBe('EINVAL');
    const read = await op.read(path, { at: times[1] ?? '' });
    expect(read.ok && read.value.stat).toMatchObject({ path, actor: 'operator', size: 3 });
  });

  test('[F5] history comes in pages', async () => {
    const path = fresh();
    await w({ op: 'put', path, content: '' });
    for (let i = 0; i < 9; i++) await w({ op: 'append', path, content: `${i}` });
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await op.list(path, { history: true, limit: 4, ...(cursor ? { cursor } : {}) });
      if (!page.ok) throw new Error(page.error.message);
      ids.push(...page.value.entries.map((entry) => entry.id));
      cursor = page.value.cursor;
      if (cursor === undefined) break;
    }
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
    expect((await op.list(path, { history: true, cursor: 'nope.1' })).ok).toBe(false);
  });
});

describe('[F9] blame', () => {
  const blamed = async (path: string): Promise<[string, string][]> => {
    const [runs, read] = [await op.blame(path), await op.read(path)];
    if (!runs.ok || !read.ok) throw new Error('blame');
    const text = String(read.value.content);
    expect(runs.value.runs.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text);
    return runs.value.runs.map(({ from, to, actor }) => [actor, text.slice(from, to)]);
  };

  test('[F9] names for each character the entry that inserted it, through edits by several and a rename', async () => {
    const [path, to] = [fresh(), fresh()];
    await w({ op: 'put', path, content: 'The quick fox jumps.\n' });
    await by('agent:a', { op: 'edit', path, old: 'quick', new: 'quick brown' });
    await by('agent:b', { op: 'append', path, content: 'Over the dog.\n' });
    await w({ op: 'move', from: path, to });
    const [last = ''] = await by('agent:a', { op: 'edit', path: to, old: 'the dog', new: 'the lazy dog' });
    expect(await blamed(to)).toEqual([
      ['operator', 'The quick'],
      ['agent:a', ' brown'],
      ['operator', ' fox jumps.\n'],
      ['agent:b', 'Over the '],
      ['agent:a', 'lazy '],
      ['agent:b', 'dog.\n'],
    ]);
    const runs = await op.blame(to);
    expect(runs.ok && runs.value.runs[4]).toMatchObject({ revision: last, run: 'run1', message: 'agent:a edit' });
  });

  test('[F9] text that was deleted and brought back is of the revision that brought it back, the rest stays its writers', async () => {
    const path = fresh();
    const [first = ''] = await by('agent:a', { op: 'put', path, content: 'alpha\nbeta\ngamma\n' });
    await by('agent:b', { op: 'edit', path, old: 'beta\n', new: '' });
    const [second = ''] = await by('agent:b', { op: 'append', path, content: 'four\n' });
    await w({ op: 'put', path, content: `${String(await at(path, first))}four\n`, base: second });
    expect(await blamed(path)).toEqual([
      ['agent:a', 'alpha\n'],
      ['operator', 'beta\n'],
      ['agent:a', 'gamma\n'],
      ['agent:b', 'four\n'],
    ]);
  });

  test('[F9] a whole-file write is blamed for what it changed only; a record for its last writer', async () => {
    const path = fresh();
    await w({ op: 'put', path, content: 'alpha\nbeta\ngamma\n' });
    const revision = ((await op.read(path)) as { value: { stat: { revision: string } } }).value.stat.revision;
    await by('agent:a', { op: 'put', path, content: 'alpha\nBETA!\ngamma\n', base: revision });
    const stretches = await blamed(path);
    expect(stretches[0]).toEqual(['operator', 'alpha\n']);
    expect(stretches.at(-1)).toEqual(['operator', '\ngamma\n']);
    expect(
      stretches
        .filter(([actor]) => actor === 'agent:a')
        .map(([, text]) => text)
        .join(''),
    ).toContain('BETA');
  });
});

test('[F8] the same fork on two devices has the same node ids and byte-identical first updates', async () => {
  const content = 'forked text\n'.repeat(500);
  const seen = await Promise.all(
    [createDisk(), createDisk()].map(async (disk, i) => {
      const one = await bootMemory({ disk, clock: createClock(1e12 * (i + 1)) });
      await one.kernel.fs.write(
        [
          { op: 'put', path: '/workspace/p/q/role.md', content, base: null, attrs: { fork: 'shop-1' } },
          { op: 'put', path: '/workspace/p/plain.md', content, base: null },
        ],
        { actor: i === 0 ? 'operator' : 'program:shop', message: `m${i}`, run: '', cause: '' },
      );
      const nodes = [
        '/workspace',
        '/workspace/AGENTS.md',
        '/system/policy.yaml',
        '/workspace/p',
        '/workspace/p/q',
        '/workspace/p/q/role.md',
      ].map((path) => one.kernel.fs.nodeAt(path));
      const first = await Promise.all(
        nodes
          .filter((node) => node?.kind === 'file')
          .map(async (node) => {
            const listed = await one.kernel.fs.history(node ? one.kernel.fs.pathOf(node) : '/');
            const [sealed] = await one.journal.entries([(listed.ok && listed.value.entries.at(-1)?.id) || '']);
            return sealed?.entry.payload;
          }),
      );
      const plain = one.kernel.fs.nodeAt('/workspace/p/plain.md')?.id;
      // What comes after the fork is each device's own: its clocks must never meet the other's.
      await one.kernel.fs.write([{ op: 'append', path: '/workspace/p/q/role.md', content: `own ${i}` }], {
        actor: 'operator',
        message: 'own',
        run: '',
        cause: '',
      });
      const history = await one.kernel.fs.history('/workspace/p/q/role.md');
      const [own] = await one.journal.entries([(history.ok && history.value.entries[0]?.id) || '']);
      await one.stop();
      return { ids: nodes.map((node) => node?.id), first, plain, own: own?.entry.payload, device: one.journal.device };
    }),
  );
  const [a, b] = seen;
  expect(a?.device).not.toBe(b?.device);
  expect(a?.ids.every((id) => id !== undefined)).toBe(true);
  expect(a?.ids).toEqual(b?.ids);
  expect(a?.first.every((update) => (update?.length ?? 0) > 10)).toBe(true);
  expect(a?.first).toEqual(b?.first);
  expect(a?.plain).not.toBe(b?.plain);
  expect(a?.own).not.toEqual(b?.own);
});

describe('[S4] the projection', () => {
  const built = async () => {
    const disk = createDisk();
    const one = await bootMemory({ disk });
    const sys = one.as('operator');
    const path = '/workspace/long.md';
    await sys.write([{ op: 'put', path, content: 'start\n' }], { message: 'm' });
    for (let i = 0; i < 80; i++) await sys.write([{ op: 'append', path, content: `${i}\n` }], { message: `${i}` });
    await sys.write(
      [
        { op: 'put', path: '/workspace/d/x.md', content: 'x' },
        { op: 'put', path: '/workspace/b.bin', content: Uint8Array.of(0, 1, 2) },
      ],
      { message: 'm' },
    );
    await sys.write(
      [
        { op: 'move', from: '/workspace/d', to: '/workspace/e' },
        { op: 'remove', path: '/workspace/b.bin' },
      ],
      { message: 'm' },
    );
    await one.stop();
    return disk;
  };
  const stateOf = async (one: Memory): Promise<unknown> => {
    const sys = one.as('operator');
    const paths = ['/workspace/long.md', '/workspace/d/x.md', '/workspace/e/x.md', '/workspace/b.bin'];
    const histories = await Promise.all(paths.map((path) => sys.list(path, { history: true })));
    const old = histories[0]?.ok ? histories[0].value.entries[40]?.id : '';
    return {
      list: await sys.list('/workspace', { depth: 9 }),
      histories,
      now: await sys.read('/workspace/long.md'),
      old: await sys.read('/workspace/long.md', { at: old ?? '' }),
      blame: await sys.blame('/workspace/long.md'),
    };
  };

  test.each(['dirs', 'docs', 'hist', 'all three', 'the version', 'one folder', 'one page of history', 'a checkpoint'])(
    '[S4] [A9] without %s the next boot is as the last one was',
    async (what) => {
      const disk = await built();
      const before = await bootMemory({ disk });
      const wanted = await stateOf(before);
      await before.stop();
      const marks = await withDatabase(disk, async (db) => {
        expect((await db.dirs.count()) > 2 && (await db.hist.count()) > 2 && (await db.docs.count()) > 0).toBe(true);
        const mark = (await db.sys.get('proj:fs'))?.v as { version: number; vector: Record<string, number> };
        for (const store of ['dirs', 'docs', 'hist'] as const)
          if (what === store || what === 'all three') await db[store].clear();
        if (what === 'the version') await db.sys.put({ k: 'proj:fs', v: { ...mark, version: 999 } });
        if (what === 'one folder') await db.dirs.delete((await db.dirs.toCollection().keys()).at(-1) as string);
        if (what === 'one page of history') {
          const long = (await db.hist.toCollection().keys()) as unknown as [string, number][];
          for (const key of long) if (decodePage(key[0], await db.hist.get(key)).length > 40) await db.hist.delete(key);
        }
        if (what === 'a checkpoint')
          for (const key of await db.docs.toCollection().keys())
            await db.docs.put({ count: 60, state: Uint8Array.of(9, 9, 9) }, key as string);
        return mark;
      });
      expect(Object.values(marks.vector)[0]).toBeGreaterThan(80);
      const after = await bootMemory({ disk });
      // A page lost in the middle is found when it is asked for, and made again before the answer.
      expect(await stateOf(after)).toEqual(wanted);
      await after.stop();
    },
  );

  test('[S4] rows and watermark are written together: a flush that fails leaves the old ones', async () => {
    const disk = await built();
    const one = await bootMemory({ disk });
    const [mark, rows] = await withDatabase(
      disk,
      async (db) => [await db.sys.get('proj:fs'), await db.hist.count()] as const,
    );
    const path = '/workspace/new.md';
    await one.as('operator').write([{ op: 'put', path, content: 'x' }], { message: 'm' });
    await one.as('operator').write([{ op: 'append', path, content: 'y' }], { message: 'm' });
    await withDatabase(disk, async (db) => {
      expect(await db.sys.get('proj:fs')).toEqual(mark);
      expect(await db.hist.count()).toBe(rows);
    });
    await one.kernel.fs.flush();
    await withDatabase(disk, async (db) => {
      expect((await db.hist.count()) - rows).toBe(1);
      const mark = (await db.sys.get('proj:fs'))?.v as { vector: object } | undefined;
      expect(mark?.vector).toEqual(one.journal.vector());
    });
    one.crash();
  });
});
