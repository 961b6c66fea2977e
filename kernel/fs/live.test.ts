import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { refuseCommits, withDatabase } from '../boot/faults.ts';
import type { Seat } from './live.ts';

const PATH = '/workspace/live.md';
const author = { actor: 'operator' as const, message: 'Edited in the editor', run: '', cause: '' };
const booted: Memory[] = [];

const boot = async (disk: Disk = createDisk()): Promise<Memory> => {
  const k = await bootMemory({ disk });
  booted.push(k);
  return k;
};
afterEach(async () => {
  for (const k of booted.splice(0)) await k.stop().catch(() => undefined);
});

/** One editor: a replica that sends what is typed and takes what others type. */
const editor = async (k: Memory, path = PATH) => {
  const doc = new Y.Doc({ gc: false });
  const opened = await k.kernel.live.open(path, author, (update) => Y.applyUpdate(doc, update, 'kernel'));
  if (!opened.ok) throw new Error(opened.error.message);
  const seat: Seat = opened.value;
  Y.applyUpdate(doc, seat.state, 'kernel');
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'kernel') seat.send(update);
  });
  const text = doc.getText('t');
  return {
    seat,
    text: () => text.toString(),
    type: (at: number, what: string) => text.insert(at, what),
    erase: (at: number, count: number) => text.delete(at, count),
    close: () => seat.close(),
  };
};
const write = (k: Memory, content: string, base?: string) =>
  k.as('operator').write([{ op: 'put', path: PATH, content, ...(base ? { base } : {}) }], { message: 'm' });
const revisions = async (k: Memory): Promise<string[]> => {
  const listed = await k.as('operator').list(PATH, { history: true });
  return listed.ok ? listed.value.entries.map((entry) => `${entry.actor}: ${entry.message}`) : [];
};
const content = async (k: Memory): Promise<unknown> => {
  const read = await k.as('operator').read(PATH);
  return read.ok ? read.value.content : read.error;
};

describe('[F10] a file open in an editor', () => {
  test('[F10] is sealed after 500 ms of quiet', async () => {
    const k = await boot();
    await write(k, 'hello');
    const e = await editor(k);
    e.type(5, ' world');
    await k.clock.advance(499);
    expect(await content(k)).toBe('hello');
    await k.clock.advance(2);
    expect(await content(k)).toBe('hello world');
    expect(await revisions(k)).toEqual(['operator: Edited in the editor', 'operator: m']);
  });

  test('[F10] and at most 2 s after the first unsealed keystroke, however fast it is typed', async () => {
    const k = await boot();
    await write(k, '');
    const e = await editor(k);
    for (let i = 0; i < 9; i++) {
      e.type(i, 'x');
      await k.clock.advance(240);
      if (i < 7) expect(await content(k)).toBe('');
    }
    expect(String(await content(k)).length).toBeGreaterThan(7);
    await e.close();
    expect(await content(k)).toBe('x'.repeat(9));
  });

  test('[F10] on close, which says what it sealed', async () => {
    const k = await boot();
    await write(k, 'a');
    const e = await editor(k);
    e.type(1, 'b');
    const sealed = await e.close();
    expect(sealed).toHaveLength(1);
    expect(await k.as('operator').read(PATH, { at: sealed[0] ?? '' })).toMatchObject({
      ok: true,
      value: { content: 'ab' },
    });
    expect(await e.close()).toEqual([]);
  });

  test('[F12] [F10] opening, closing and typing what is erased again makes no revision', async () => {
    const k = await boot();
    await write(k, 'some words here');
    await k.as('operator').write([{ op: 'edit', path: PATH, old: 'some words', new: 'few' }], { message: 'shorter' });
    const e = await editor(k);
    expect(await e.close()).toEqual([]);
    const again = await editor(k);
    again.type(0, 'typo');
    again.erase(0, 4);
    await k.clock.advance(3000);
    expect(await revisions(k)).toHaveLength(2);
    again.type(0, 'A ');
    await again.close();
    expect(await revisions(k)).toHaveLength(3);
    expect(await content(k)).toBe('A few here');
    expect(await k.as('operator').read(PATH)).toMatchObject({ ok: true });
  });

  test('[F10] two seats see each other; the last to leave ends it', async () => {
    const k = await boot();
    await write(k, 'start');
    const [a, b] = [await editor(k), await editor(k)];
    a.type(5, ' A');
    expect(b.text()).toBe('start A');
    b.type(0, 'B ');
    expect(a.text()).toBe('B start A');
    await Promise.all([a.close(), b.close()]);
    expect(await content(k)).toBe('B start A');
    const c = await editor(k);
    expect(c.text()).toBe('B start A');
    expect(await withDatabase(k.disk, async (db) => (await db.sys.get('live'))?.v)).toHaveLength(1);
    await c.close();
    expect(await withDatabase(k.disk, async (db) => (await db.sys.get('live'))?.v)).toEqual([]);
  });

  test('[F10] a write by somebody else merges into it, and both are kept', async () => {
    const k = await boot();
    await write(k, 'one\ntwo\nthree\n');
    const e = await editor(k);
    e.type(0, 'mine ');
    await k.kernel.fs.write([{ op: 'edit', path: PATH, old: 'three', new: 'THREE' }], {
      actor: 'agent:a',
      message: 'agent',
      run: 'r',
      cause: '',
    });
    await k.clock.advance(10);
    expect(e.text()).toBe('mine one\ntwo\nTHREE\n');
    await e.close();
    expect(await content(k)).toBe('mine one\ntwo\nTHREE\n');
    const blame = await k.as('operator').blame(PATH);
    expect(blame.ok && blame.value.runs.filter((run) => run.actor === 'agent:a').length).toBeGreaterThan(0);
    expect(await revisions(k)).toEqual(['operator: Edited in the editor', 'agent:a: agent', 'operator: m']);
  });

  test('[F10] what was typed and not sealed comes back at boot after a crash', async () => {
    const disk = createDisk();
    const a = await boot(disk);
    await write(a, 'kept');
    const e = await editor(a);
    e.type(4, ' and typed');
    await new Promise((resolve) => setTimeout(resolve, 50));
    a.crash();
    booted.length = 0;
    const b = await boot(disk);
    expect(await content(b)).toBe('kept and typed');
    expect(await revisions(b)).toEqual(['operator: Recovered: typed before the tab was closed', 'operator: m']);
    expect(await withDatabase(disk, async (db) => (await db.sys.get('live'))?.v)).toEqual([]);
    const c = await editor(b);
    expect(c.text()).toBe('kept and typed');
  });

  test('[F10] a buffer that cannot be recovered keeps no other file and no boot from going on', async () => {
    const disk = createDisk();
    const a = await boot(disk);
    await write(a, 'kept');
    const other = '/workspace/other.md';
    await a.as('operator').write([{ op: 'put', path: other, content: 'x' }], { message: 'm' });
    const [e, f] = [await editor(a), await editor(a, other)];
    e.type(4, '!');
    f.type(1, '!');
    await new Promise((resolve) => setTimeout(resolve, 50));
    a.crash();
    booted.length = 0;
    // The entry that opens the session is the first.
    const fault = refuseCommits(2);
    const quiet = console.error;
    console.error = () => undefined;
    onTestFinished(() => {
      fault.undo();
      console.error = quiet;
    });
    const b = await boot(disk);
    fault.undo();
    const texts = [
      await content(b),
      ((await b.as('operator').read(other)) as { value: { content: unknown } }).value.content,
    ];
    expect(new Set(texts)).toEqual(new Set(['kept', 'x!']));
    b.crash();
    booted.length = 0;
    const c = await boot(disk);
    expect(await content(c)).toBe('kept!');
  });

  test('[F10] [J7] a seal refused for want of room loses nothing typed', async () => {
    const k = await boot();
    await write(k, 'a');
    const e = await editor(k);
    const fault = refuseCommits(1);
    onTestFinished(fault.undo);
    e.type(1, 'b');
    await k.clock.advance(600);
    expect(await content(k)).toBe('a');
    e.type(2, 'c');
    await k.clock.advance(600);
    expect(await content(k)).toBe('abc');
    await k.as('operator').write([{ op: 'append', path: PATH, content: 'd' }], { message: 'm' });
    await e.close();
    expect(await content(k)).toBe('abcd');
  });

  test('[F10] a file that became another document is not merged with the old one', async () => {
    const k = await boot();
    await write(k, 'old text');
    const e = await editor(k);
    e.type(0, 'typed ');
    const read = await k.as('operator').read(PATH);
    const base = read.ok ? read.value.stat.revision : '';
    const done = await k
      .as('operator')
      .write([{ op: 'put', path: PATH, content: Uint8Array.of(0, 1), base }], { message: 'bytes' });
    await write(k, 'new text', done.ok ? (done.value.revisions[0] ?? '') : '');
    await e.close();
    const again = await editor(k);
    expect(again.text()).toBe('new text');
    await again.close();
    expect(await content(k)).toBe('new text');
  });

  test('[F10] closing and opening at once does not lose the buffer', async () => {
    const disk = createDisk();
    const k = await boot(disk);
    await write(k, 'x');
    const e = await editor(k);
    const [, f] = await Promise.all([
      e.close(),
      new Promise((resolve) => setTimeout(resolve, 0)).then(() => editor(k)),
    ]);
    f.type(1, 'y');
    await new Promise((resolve) => setTimeout(resolve, 60));
    k.crash();
    booted.length = 0;
    const b = await boot(disk);
    expect(await content(b)).toBe('xy');
  });

  test('[F10] only a text file opens', async () => {
    const k = await boot();
    const open = (path: string) => k.kernel.live.open(path, author, () => undefined);
    await k
      .as('operator')
      .write([{ op: 'put', path: '/workspace/b.bin', content: Uint8Array.of(0) }], { message: 'm' });
    expect(await open('/workspace/none.md')).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
    expect(await open('/workspace/inbox')).toMatchObject({ ok: false, error: { code: 'EISDIR' } });
    expect(await open('/workspace/b.bin')).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
  });
});
