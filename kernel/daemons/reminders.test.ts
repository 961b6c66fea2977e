import { afterEach, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Disk, type Memory } from '../boot/memory.ts';
import { createEffects } from '../effects/effects.ts';
import { must } from '../protocol/errors.ts';
import { parseNarrative } from '../protocol/formats/narrative.ts';
import { proposalFile } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import { createBackupReminder, LOOK_MS, MIN_CHANGES, MIN_DAYS } from './backup-reminder.ts';
import { createExpiry } from './expiry.ts';
import { createStorageWatch } from './storage-watch.ts';

const DAY = 86_400_000;
const kernels: Memory[] = [];
afterEach(async () => {
  for (const kernel of kernels.splice(0)) await kernel.stop();
});

type Quota = { usage: number; quota: number };

const boot = async (
  disk: Disk = createDisk(),
  clock: Clock = createClock(),
  room: Quota = { usage: 0, quota: 1e9 },
) => {
  const kernel = await bootMemory({
    disk,
    clock,
    daemons: [createStorageWatch(clock.setTimer), createBackupReminder(clock.setTimer), createExpiry(clock.setTimer)],
    room: () => room,
    ports: ({ notify, secrets }) => ({ effects: createEffects({ notify, secrets: secrets.use }) }),
  });
  kernels.push(kernel);
  const op = kernel.as('operator');
  const notices = async (): Promise<string[]> => {
    const titles: string[] = [];
    const listed = await op.list('/system/narrative');
    for (const { path } of listed.ok ? listed.value.entries : []) {
      const read = must(await op.read(path, { as: 'text' }));
      titles.push(...parseNarrative(String(read.content)).map(({ title }) => title));
    }
    return titles;
  };
  const look = async (at: number): Promise<void> => {
    clock.set(at);
    await clock.advance(LOOK_MS + 1_000);
  };
  return { kernel, op, notices, look, clock, disk };
};

const stop = async (kernel: Memory): Promise<void> => {
  kernels.splice(kernels.indexOf(kernel), 1);
  await kernel.stop();
};

test('[N5] storage that runs full is said once for each mark, not at each look and not after a restart', async () => {
  const room = { usage: 700e6, quota: 1e9 };
  const k = await boot(createDisk(), createClock(), room);
  await k.look(k.clock.now());
  expect(await k.notices()).toEqual([]);
  room.usage = 810e6;
  await k.look(k.clock.now());
  expect(await k.notices()).toEqual(['Storage is 80 % full']);
  await stop(k.kernel);
  const again = await boot(k.disk, k.clock, room);
  await again.look(again.clock.now());
  expect(await again.notices()).toEqual(['Storage is 80 % full']);
  room.usage = 960e6;
  await again.look(again.clock.now());
  expect(await again.notices()).toEqual(['Storage is 80 % full', 'Storage is 95 % full']);
});

test('[N5] a copy is asked for once a week, when much changed and none was made for long', async () => {
  const k = await boot();
  const begun = k.clock.now();
  await k.look(begun + MIN_DAYS * DAY);
  expect(await k.notices()).toEqual([]);
  const changes = Array.from({ length: MIN_CHANGES }, (_, n) => ({
    op: 'put' as const,
    path: `/workspace/notes/${n}.md`,
    content: 'x',
  }));
  must(await k.op.write(changes, { message: 'm' }));
  // A Monday, and the Friday of that week.
  await k.look(begun + 21 * DAY);
  await k.look(begun + 25 * DAY);
  expect(await k.notices()).toEqual(['There is no copy of this workspace']);
  await k.look(begun + 28 * DAY);
  expect(await k.notices()).toHaveLength(2);
  const record = { at: new Date(k.clock.now()).toISOString(), entries: k.kernel.journal.entryCount() };
  must(
    await k.kernel.kernel.fs.write(
      [{ op: 'put', path: '/system/exports/1.json', content: JSON.stringify(record), base: null }],
      { actor: 'operator', message: 'm', run: '', cause: '' },
    ),
  );
  await k.look(begun + 70 * DAY);
  expect(await k.notices()).toHaveLength(2);
});

test('[C5] what was decided before its time is not touched', async () => {
  const k = await boot();
  const asked = must(
    await k.kernel.as('agent:hand').propose({
      changes: [{ op: 'put', path: '/workspace/a.md', content: 'x' }],
      rationale: 'because',
      reversibility: 'reversible',
    }),
  );
  const proposal = async () => {
    const read = must(await k.op.read(proposalFile(asked.id), { as: 'text' }));
    return JSON.parse(String(read.content)) as { state: string; hash: string };
  };
  await k.clock.advance(31_000);
  expect((await proposal()).state).toBe('pending');
  must(await k.op.invoke('decide', { id: asked.id, hash: (await proposal()).hash, verdict: 'reject' }));
  k.clock.set(k.clock.now() + 30 * DAY);
  await k.clock.advance(31_000);
  expect((await proposal()).state).toBe('rejected');
});

test('[P5] a daemon gets the rights that its row names, and no others', async () => {
  let handle: Sys | undefined;
  const probe = {
    name: 'probe',
    writes: ['/system/narrative/**'],
    start: (sys: Sys) => ((handle = sys), () => undefined),
  };
  const kernel = await bootMemory({ daemons: [probe] });
  kernels.push(kernel);
  const write = (path: string) => handle?.write([{ op: 'put', path, content: 'x' }], { message: 'm' });
  expect(await write('/system/narrative/x.md')).toMatchObject({ ok: true });
  for (const path of ['/system/outcomes/x.json', '/system/policy.yaml', '/programs/x/a', '/workspace/x.md'])
    expect(await write(path)).toMatchObject({
      ok: false,
      error: { code: path.startsWith('/programs') ? 'EROFS' : 'EACCES' },
    });
});
