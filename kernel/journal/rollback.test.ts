import { expect, onTestFinished, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { journalRows, refuseCommits } from '../boot/faults.ts';
import * as Y from 'yjs';
import type { SealedEntry } from '../protocol/entry.ts';
import { unpackSegment } from './segments.ts';

const put = (k: Memory, name: string, content: string | Uint8Array = name) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/${name}`, content }], { message: name });
const entriesOf = async (disk: Disk): Promise<SealedEntry[]> =>
  (await journalRows(disk)).flatMap((row) => unpackSegment(row.b));
const verify = async (k: Memory) => k.journal.verify(1);

test.each(['add', 'commit'] as const)(
  '[J7] [F6] a commit refused for want of room (at its %s) leaves nothing behind, and the next write starts from there',
  async (where) => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const op = k.as('operator');
    await put(k, 'kept', 'kept before');
    const before = await entriesOf(disk);
    const told: string[] = [];
    k.kernel.fs.on((event) => told.push(event.path));
    const fault = refuseCommits(1, where);
    onTestFinished(fault.undo);
    const base = await op.read('/workspace/kept');
    const revision = base.ok ? base.value.stat.revision : '';
    const waiting = [
      put(k, 'phantom', 'phantasm'),
      op.write([{ op: 'put', path: '/workspace/kept', content: 'phantasm', base: revision }], { message: 'over' }),
      op.write(
        [
          { op: 'mkdir', path: '/workspace/ghost' },
          { op: 'move', from: '/workspace/AGENTS.md', to: '/workspace/ghost/a.md' },
        ],
        { message: 'move' },
      ),
    ];
    // Readers meanwhile see the state before, never what was not durable.
    const reads = await Promise.all([
      op.read('/workspace/phantom'),
      op.read('/workspace/kept'),
      op.list('/workspace'),
      op.search('phantasm'),
      op.list('/workspace/kept', { history: true }),
    ]);
    const answers = await Promise.all(waiting);
    for (const answer of answers.slice(0, 1)) {
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'ENOSPC', message: expect.stringMatching(/no room.*Nothing was written/) },
      });
    }
    expect(answers.filter((answer) => !answer.ok).every((answer) => !answer.ok && answer.error.code === 'ENOSPC')).toBe(
      true,
    );
    expect(reads[0]).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
    expect(told.filter((path) => path === '/workspace/phantom')).toEqual([]);
    expect((await op.read('/workspace/phantom')).ok).toBe(false);
    const search = await op.search('phantasm', { under: '/workspace/phantom' });
    expect(search.ok && search.value.hits).toEqual([]);
    const rows = await entriesOf(disk);
    expect(rows.slice(0, before.length).map((one) => one.entry.seq)).toEqual(before.map((one) => one.entry.seq));
    const next = await put(k, 'next', 'after');
    expect(next.ok).toBe(true);
    expect(await verify(k)).toEqual({ entries: (await entriesOf(disk)).length });
    // What is in memory is what a fresh boot finds.
    const shown = await op.list('/workspace', { depth: 9 });
    k.crash();
    const b = await bootMemory({ disk });
    expect(await b.as('operator').list('/workspace', { depth: 9 })).toEqual(shown);
    await b.stop();
  },
);

test('[J7] every caller that waited is refused; none is refused who did not', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await put(k, 'doc.md', 'line one\n');
  const fault = refuseCommits(1);
  onTestFinished(fault.undo);
  const edits = Array.from({ length: 12 }, (_, i) =>
    k.as('operator').write([{ op: 'append', path: '/workspace/doc.md', content: `${i}\n` }], { message: `${i}` }),
  );
  const answers = await Promise.all(edits);
  const done = answers.flatMap((answer, i) => (answer.ok ? [i] : []));
  expect(answers.some((answer) => !answer.ok)).toBe(true);
  for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('ENOSPC');
  const text = `line one\n${done.map((i) => `${i}\n`).join('')}`;
  expect(await k.as('operator').read('/workspace/doc.md')).toMatchObject({ ok: true, value: { content: text } });
  await k.as('operator').write([{ op: 'append', path: '/workspace/doc.md', content: 'end\n' }], { message: 'end' });
  const history = await k.as('operator').list('/workspace/doc.md', { history: true });
  expect(history.ok && history.value.entries.map((entry) => entry.message)).toEqual([
    'end',
    ...done.map(String).reverse(),
    'doc.md',
  ]);
  k.crash();
  const b = await bootMemory({ disk });
  expect(await b.as('operator').read('/workspace/doc.md')).toMatchObject({
    ok: true,
    value: { content: `${text}end\n` },
  });
  await b.stop();
});

test('[J7] the projection is not flushed with what was rolled back', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const fault = refuseCommits(1);
  onTestFinished(fault.undo);
  const author = { actor: 'operator' as const, message: 'm', run: '', cause: '' };
  const lost = k.kernel.fs.write([{ op: 'put', path: '/workspace/phantom', content: 'x' }], author);
  const flushed = k.kernel.fs.flush();
  expect((await lost).ok).toBe(false);
  await flushed;
  await k.kernel.fs.flush();
  expect((await k.as('operator').list('/workspace/phantom', { history: true })).ok).toBe(false);
  k.crash();
  const b = await bootMemory({ disk });
  const listed = await b.as('operator').list('/workspace');
  expect(listed.ok && listed.value.entries.map((stat) => stat.path)).not.toContain('/workspace/phantom');
  await b.stop();
});

test('[J7] Yjs clocks given to lost updates are not used again', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await put(k, 'a.md', 'base ');
  const edit = (text: string) =>
    k.as('operator').write([{ op: 'append', path: '/workspace/a.md', content: text }], { message: text });
  await edit('one ');
  const fault = refuseCommits(1);
  onTestFinished(fault.undo);
  expect((await edit('lost ')).ok).toBe(false);
  await edit('two ');
  await edit('three');
  const clients = (await entriesOf(disk))
    .slice(-3)
    .map(({ entry }) => Y.decodeUpdate(entry.payload).structs[0]?.id.client);
  expect(clients[1]).toBe(clients[2]);
  expect(clients[0]).not.toBe(clients[1]);
  const blame = await k.as('operator').blame('/workspace/a.md');
  expect(blame.ok && blame.value.runs.map((run) => run.message)).toEqual(['a.md', 'one', 'two', 'three']);
  k.crash();
  const b = await bootMemory({ disk });
  expect(await b.as('operator').read('/workspace/a.md')).toMatchObject({
    ok: true,
    value: { content: 'base one two three' },
  });
  expect(await b.as('operator').blame('/workspace/a.md')).toEqual(blame);
  await b.stop();
});

test('[S2] [J7] taken over in the middle of commits: what was answered is there, what was refused is not, nothing twice', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  const answered = new Map<string, Awaited<ReturnType<typeof put>>>();
  let begun = (): void => undefined;
  const some = new Promise<void>((resolve) => (begun = resolve));
  const writers = Array.from({ length: 4 }, async (_, w) => {
    for (let i = 0, going = true; going; i++) {
      const answer = await put(a, `f${w}-${i}`);
      answered.set(`f${w}-${i}`, answer);
      going = answer.ok;
      if (answered.size > 10) begun();
    }
  });
  await some;
  const b = await bootMemory({ disk });
  await Promise.all(writers);
  await put(b, 'after');
  for (const [name, answer] of answered) {
    if (!answer.ok) expect(answer.error.code).toBe('EAGAIN');
    expect((await b.as('operator').read(`/workspace/${name}`)).ok).toBe(answer.ok);
  }
  expect(await verify(b)).toEqual({ entries: (await entriesOf(disk)).length });
  a.crash();
  await b.stop();
});
