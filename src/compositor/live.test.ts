import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { CALLS } from '../../kernel/protocol/syscalls.ts';
import { stubOver } from '../../kernel/protocol/stub.ts';
import { panelSchema } from '../../kernel/protocol/formats/surfaces.ts';
import { evaluate } from './bind.ts';
import { fakeHandle } from './fake-handle.ts';
import { readOnly, type LiveHandle } from './handle.ts';
import { nextFrame, startLive, type Question, type Soon } from './live.ts';
import { originOf } from './origin.ts';
import { createReader } from './reader.ts';
import { dependsOn } from './sources.ts';

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Frames by hand: `flush` draws one. */
const frames = (): { soon: Soon; flush: () => Promise<void>; waiting: () => number } => {
  const tasks: (() => void)[] = [];
  return {
    soon: (task) => void tasks.push(task),
    flush: async () => {
      for (const task of tasks.splice(0)) task();
      await settled();
    },
    waiting: () => tasks.length,
  };
};

const textOf = (handle: ReturnType<typeof fakeHandle>, path: string, answers: unknown[]): Question<unknown> => {
  const panel = panelSchema.parse({ widget: 'markdown', bind: { file: path } });
  const reader = createReader(handle);
  return {
    patterns: dependsOn(panel.bind),
    ask: async () => (await evaluate(reader, panel, 0)).rows[0]?.data['text'],
    answer: (value) => void answers.push(value),
  };
};

describe('live', () => {
  test('[A31] a change asks again only the panels that show it', async () => {
    const handle = fakeHandle({ '/workspace/a.md': 'a1', '/workspace/b.md': 'b1' });
    const { soon, flush } = frames();
    const [a, b]: unknown[][] = [[], []];
    const stop = startLive(
      handle.watch,
      [textOf(handle, '/workspace/a.md', a!), textOf(handle, '/workspace/b.md', b!)],
      soon,
    );
    await settled();
    expect([a, b]).toEqual([['a1'], ['b1']]);
    handle.put('/workspace/a.md', 'a2');
    handle.put('/workspace/c.md', 'c');
    await flush();
    expect([a, b]).toEqual([['a1', 'a2'], ['b1']]);
    stop();
    handle.put('/workspace/a.md', 'a3');
    await flush();
    expect(a).toEqual(['a1', 'a2']);
  });

  test('changes within a frame are one', async () => {
    const handle = fakeHandle({ '/workspace/a.md': '0' });
    const { soon, flush, waiting } = frames();
    const answers: unknown[] = [];
    startLive(handle.watch, [textOf(handle, '/workspace/a.md', answers)], soon);
    await settled();
    for (let n = 1; n <= 50; n++) handle.put('/workspace/a.md', String(n));
    expect(waiting()).toBe(1);
    await flush();
    expect(answers).toEqual(['0', '50']);
  });

  test('one watch for all panels, and none after the end', () => {
    const handle = fakeHandle();
    const unwatch = vi.fn();
    const watch = vi.fn(() => unwatch);
    const stop = startLive(
      watch,
      [textOf(handle, '/workspace/a.md', []), textOf(handle, '/workspace/b.md', [])],
      frames().soon,
    );
    expect(watch).toHaveBeenCalledTimes(1);
    stop();
    expect(unwatch).toHaveBeenCalledTimes(1);
  });

  test('[A31] an older answer that comes late never replaces a newer one', async () => {
    const handle = fakeHandle({ '/workspace/a.md': 'old' });
    const { soon, flush } = frames();
    const answers: unknown[] = [];
    const release = handle.hold('/workspace/a.md');
    startLive(handle.watch, [textOf(handle, '/workspace/a.md', answers)], soon);
    await settled();
    // The first reading hangs with the old text in hand; the second must not wait for it.
    const slow = release;
    const second = handle.hold('/workspace/a.md');
    second();
    handle.put('/workspace/a.md', 'new');
    await flush();
    expect(answers).toEqual(['new']);
    slow();
    await settled();
    expect(answers).toEqual(['new']);
  });

  test('a change while two readings are under way is read afterwards', async () => {
    const { soon, flush } = frames();
    let tell = (): void => {};
    const open: ((value: number) => void)[] = [];
    const answers: number[] = [];
    startLive<number>(
      (_, listener) => {
        tell = () => listener({ path: '/workspace/a', change: 'write', actor: 'operator', source: 'local' });
        return () => {};
      },
      [
        {
          patterns: ['/workspace/*'],
          ask: () => new Promise((done) => open.push(done)),
          answer: (value) => void answers.push(value),
        },
      ],
      soon,
    );
    tell();
    await flush();
    tell();
    await flush();
    expect(open).toHaveLength(2);
    open[1]?.(2);
    await settled();
    expect(open).toHaveLength(3);
    open[2]?.(3);
    open[0]?.(1);
    await settled();
    expect(answers).toEqual([2, 3]);
  });

  test('moved away counts too, and a watch that stands again asks everything', async () => {
    const handle = fakeHandle({ '/workspace/a.md': '1' });
    const { soon, flush } = frames();
    let listener: Parameters<LiveHandle['watch']>[1] = () => {};
    const answers: unknown[] = [];
    startLive((_, l) => ((listener = l), () => {}), [textOf(handle, '/workspace/a.md', answers)], soon);
    await settled();
    listener({ path: '/workspace/b.md', from: '/workspace/a.md', change: 'move', actor: 'operator', source: 'local' });
    await flush();
    expect(answers).toHaveLength(2);
    listener('placed');
    await flush();
    expect(answers).toHaveLength(3);
  });

  test('[A31] a change is shown within 100 ms', async () => {
    const handle = fakeHandle(
      Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`/workspace/x/${n}.md`, `---\nn: ${n}\n---\n`])),
    );
    const panel = panelSchema.parse({ widget: 'table', bind: { glob: '/workspace/x/*.md', as: 'front' }, sort: '-n' });
    const reader = createReader(handle);
    let arrived: () => void = () => {};
    const stop = startLive(
      handle.watch,
      [{ patterns: dependsOn(panel.bind), ask: () => evaluate(reader, panel, 0), answer: () => arrived() }],
      nextFrame,
    );
    await new Promise<void>((done) => (arrived = done));
    const changed = performance.now();
    const seen = new Promise<void>((done) => (arrived = done));
    handle.put('/workspace/x/7.md', '---\nn: 999\n---\n');
    await seen;
    expect(performance.now() - changed).toBeLessThan(100);
    stop();
  });
});

describe('[A31] the compositor’s handle cannot write', () => {
  const stub = stubOver(() => Promise.reject(new Error('nothing is called here')));
  const handle = readOnly({ ...stub, watch: () => () => {} });

  test('by type', () => {
    expectTypeOf<keyof LiveHandle>().toEqualTypeOf<'read' | 'list' | 'search' | 'watch'>();
    // @ts-expect-error no write
    expect(handle.write).toBeUndefined();
    // @ts-expect-error no proposal
    expect(handle.propose).toBeUndefined();
    // @ts-expect-error no fire
    expect(handle.fire).toBeUndefined();
    // @ts-expect-error no way to reach a row of the table by name
    expect(handle.call).toBeUndefined();
    // @ts-expect-error nothing can be put in place of what it has
    expect(() => (handle.read = stub.read)).toThrow(TypeError);
  });

  test('by value: of a full stub only the reading calls are left', () => {
    expect(Object.keys(handle).toSorted()).toEqual(['list', 'read', 'search', 'watch']);
    const mutating = Object.entries(CALLS).filter(([, row]) => row.class !== 'read');
    expect(mutating.length).toBeGreaterThan(10);
    for (const [name] of mutating) expect(name in handle, name).toBe(false);
    expect(Object.isFrozen(handle)).toBe(true);
  });
});

describe('the foot line', () => {
  const RUN = [
    {
      t: 'start',
      at: '2026-11-16T23:58:00.000Z',
      id: '5e1f',
      actor: 'agent:analyst',
      kind: 'job',
      title: 'x',
      by: 'operator',
    },
    { t: 'end', at: '2026-11-17T00:04:00.000Z', state: 'done', usage: {}, usd: 0.04 },
  ]
    .map((record) => JSON.stringify(record))
    .join('\n');

  test('names author, run and cost, also of a run that began the day before', async () => {
    const handle = fakeHandle({ '/system/runs/2026-11-16/5e1f.jsonl': RUN });
    handle.put('/workspace/a.md', 'x', { at: '2026-11-17T00:02:00.000Z', run: '5e1f' });
    const read = await handle.read('/workspace/a.md');
    const stat = read.ok ? read.value.stat : undefined;
    expect(await originOf(createReader(handle), stat!)).toEqual({
      stat,
      message: 'why',
      run: { id: '5e1f', path: '/system/runs/2026-11-16/5e1f.jsonl', usd: 0.04 },
    });
  });

  test('leaves out what is not known', async () => {
    const handle = fakeHandle({ '/workspace/a.md': 'x' });
    const read = await handle.read('/workspace/a.md');
    const stat = read.ok ? read.value.stat : undefined;
    expect(await originOf(createReader(handle), stat!)).toEqual({ stat, message: 'why' });
    handle.put('/workspace/a.md', 'y', { run: 'gone' });
    // The file moved on since it was shown: nothing is said of a run that may not have written what stands there.
    expect(await originOf(createReader(handle), stat!)).toEqual({ stat });
  });
});
