import { expect, test } from 'vitest';
import { createLateWire, turns } from '../../kernel/boot/late-wire.ts';
import { bootMemory, createDisk, type Memory } from '../../kernel/boot/memory.ts';
import { createClient } from './client.ts';
import { openReplica, type Replica } from './replica.ts';

const PATH = '/workspace/notes.md';

const openIn = async (kernel: Memory, name: string) => {
  const wire = createLateWire(() => 1);
  wire.lead(kernel);
  const client = createClient(wire.port, name);
  const opened = await openReplica(client, PATH);
  if (!opened.ok) throw new Error(opened.error.message);
  return { wire, client, replica: opened.value };
};

const textIn = ({ replica }: { replica: Replica }): string => replica.text.toString();

test('[A27] [F9] [F10] two tabs type in one file while an agent writes to it: all of it is kept, and blame names who wrote what', async () => {
  const disk = createDisk();
  const kernel = await bootMemory({ disk });
  const operator = kernel.as('operator');
  await operator.write([{ op: 'put', path: PATH, content: 'one\ntwo\nthree\n' }], { message: 'Notes' });
  const [one, two] = [await openIn(kernel, 'one'), await openIn(kernel, 'two')];

  one.replica.text.insert(0, 'first tab ');
  two.replica.text.insert(two.replica.text.length, 'second tab\n');
  const agent = await kernel.as('agent:shell').write([{ op: 'edit', path: PATH, old: 'two', new: 'TWO by agent' }], {
    message: 'Capitals',
  });
  expect(agent.ok).toBe(true);
  one.replica.text.insert(0, 'again ');
  await kernel.clock.advance(600);
  const all = 'again first tab one\nTWO by agent\nthree\nsecond tab\n';
  expect([textIn(one), textIn(two)]).toEqual([all, all]);
  expect(await operator.read(PATH)).toMatchObject({ value: { content: all } });
  const blame = await operator.blame(PATH);
  const by = (actor: string): string[] =>
    blame.ok ? blame.value.runs.filter((run) => run.actor === actor).map(({ from, to }) => all.slice(from, to)) : [];
  expect(by('agent:shell').join('')).toContain('TWO by agent'.slice(3));
  expect(by('operator').join('')).toContain('again first tab one');
  expect(by('operator').join('')).toContain('second tab');
  expect(by('operator').join('') + by('agent:shell').join('')).toHaveLength(all.length);
  await kernel.stop();
});

test('[A27] [S8] [F10] the kernel dies under two open editors and an agent writes in the next one: nothing typed is lost', async () => {
  const disk = createDisk();
  const former = await bootMemory({ disk });
  await former.as('operator').write([{ op: 'put', path: PATH, content: 'base\n' }], { message: 'Notes' });
  const tabs = [await openIn(former, 'one'), await openIn(former, 'two')];
  tabs[0]?.replica.text.insert(0, 'before ');
  await turns(20);
  for (const { wire } of tabs) wire.cut();
  former.crash();
  // Typed while nobody leads.
  tabs[1]?.replica.text.insert(tabs[1].replica.text.length, 'between\n');
  await turns(5);

  const next = await bootMemory({ disk, clock: former.clock });
  await next.as('agent:shell').write([{ op: 'append', path: PATH, content: 'agent\n' }], { message: 'More' });
  for (const { wire } of tabs) wire.lead(next);
  await next.clock.advance(600);
  const texts = tabs.map(textIn);
  expect(texts[0]).toBe(texts[1]);
  for (const part of ['before base\n', 'between\n', 'agent\n']) expect(texts[0]).toContain(part);
  expect(await next.as('operator').read(PATH)).toMatchObject({ value: { content: texts[0] } });
  const closed = await Promise.all(tabs.map(({ replica }) => replica.close()));
  expect(closed.every(({ ok }) => ok)).toBe(true);
  await next.stop();
});
