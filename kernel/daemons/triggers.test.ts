import { afterEach, describe, expect, test } from 'vitest';
import { bundleAll } from '../../programs/bundle-plugin.ts';
import { bootMemory, createClock, type Memory } from '../boot/memory.ts';
import { createLoader } from '../loader/loader.ts';
import { must } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { InstalledProgram } from '../protocol/formats/records.ts';
import { emptyUsage } from '../protocol/formats/records.ts';
import type { AgentOrder, Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createTriggers, MAX_CHAIN, QUIET_MS } from './triggers.ts';

type Act = (sys: Sys, order: AgentOrder) => Promise<unknown>;
const DONE: Ended = { state: 'done', usage: emptyUsage() };

const kernels: Memory[] = [];
afterEach(async () => {
  for (const kernel of kernels.splice(0)) await kernel.stop();
});

/** A kernel with the daemon, an agent that may write anywhere in the workspace, and a list of what ran. */
const boot = async (jobs: Record<string, string>, act: Act = async () => undefined) => {
  const clock = createClock();
  const ran: string[] = [];
  const reports: string[] = [];
  const kernel = await bootMemory({
    clock,
    daemons: [createTriggers({ report: (line) => void reports.push(line), setTimer: clock.setTimer })],
    ports: () => ({
      loader: createLoader({}),
      agents: {
        run: async (sys, order) => {
          ran.push(order.job?.slug ?? '');
          await act(sys, order);
          return DONE;
        },
      },
    }),
  });
  kernels.push(kernel);
  const op = kernel.as('operator');
  const put = async (files: Record<string, string>): Promise<void> => {
    const changes: Change[] = [];
    for (const [path, content] of Object.entries(files)) {
      const there = await op.read(path);
      changes.push({ op: 'put', path, content, base: there.ok ? there.value.stat.revision : null });
    }
    must(await op.write(changes, { message: 'test' }));
  };
  const hand = '---\nname: hand\ntools: [read, write]\nwrite: [/workspace/**]\n---\nWork.\n';
  await put({
    '/workspace/agents/hand/AGENT.md': hand,
    ...Object.fromEntries(
      Object.entries(jobs).map(([slug, front]) => [
        `/workspace/jobs/${slug}.md`,
        `---\nagent: hand\n${front}\n---\nDo it.\n`,
      ]),
    ),
  });
  must(await op.invoke('grant', { actor: 'agent:hand', write: ['/workspace/**'] }));
  await clock.advance(QUIET_MS * 3);
  const settle = (ms = QUIET_MS * 3): Promise<void> => clock.advance(ms);
  return { kernel, op, put, settle, ran, reports };
};
const INBOX = { read: 'on: { change: /workspace/inbox/*.csv }' };

describe('on-change jobs', () => {
  test('a drop of several files is one run', async () => {
    const { op, put, settle, ran } = await boot(INBOX);
    await put({ '/workspace/inbox/a.csv': '1', '/workspace/inbox/b.csv': '2' });
    await settle(QUIET_MS / 2);
    await put({ '/workspace/inbox/c.csv': '3' });
    expect(ran).toEqual([]);
    await settle();
    expect(ran).toEqual(['read']);
    await put({ '/workspace/inbox/a.csv': 'changed' });
    await settle();
    expect(ran).toEqual(['read', 'read']);
    const runs = must(await op.list('/system/runs', { depth: 2 })).entries.filter((entry) => entry.kind === 'file');
    expect(runs).toHaveLength(2);
  });

  test('changes that never go quiet do not put it off for ever', async () => {
    const { put, settle, ran } = await boot(INBOX);
    for (let i = 0; i < 20; i++) {
      await put({ '/workspace/inbox/a.csv': String(i) });
      await settle(QUIET_MS * 0.75);
    }
    expect(ran).toEqual(['read']);
  });

  test('other files, removals and renames inside the pattern start nothing; a file moved in does', async () => {
    const { op, put, settle, ran } = await boot(INBOX);
    await put({ '/workspace/inbox/a.txt': '1', '/workspace/other/a.csv': '1' });
    await settle();
    expect(ran).toEqual([]);
    must(
      await op.write([{ op: 'move', from: '/workspace/other/a.csv', to: '/workspace/inbox/a.csv' }], { message: 'in' }),
    );
    await settle();
    expect(ran).toEqual(['read']);
    must(
      await op.write([{ op: 'move', from: '/workspace/inbox/a.csv', to: '/workspace/inbox/b.csv' }], {
        message: 'rename',
      }),
    );
    must(await op.write([{ op: 'remove', path: '/workspace/inbox/b.csv' }], { message: 'away' }));
    await settle();
    expect(ran).toEqual(['read']);
  });

  test('[A18] with a field, the transition into the value fires, and saving again does not', async () => {
    const { put, settle, ran } = await boot({
      send: 'on: { change: "/workspace/drafts/*.md", field: status, becomes: ready }',
    });
    const draft = (status: string, body: string) =>
      put({ '/workspace/drafts/a.md': `---\nstatus: ${status}\n---\n${body}\n` });
    await draft('draft', 'one');
    await settle();
    expect(ran).toEqual([]);
    await draft('ready', 'one');
    await settle();
    expect(ran).toEqual(['send']);
    await draft('ready', 'two');
    await draft('done', 'two');
    await settle();
    expect(ran).toEqual(['send']);
    await draft('ready', 'two');
    await draft('ready', 'three');
    await settle();
    expect(ran).toEqual(['send', 'send']);
    await put({ '/workspace/drafts/new.md': '---\nstatus: ready\n---\n' });
    await settle();
    expect(ran).toEqual(['send', 'send', 'send']);
  });

  test('a job follows its file: edited, paused, removed', async () => {
    const { op, put, settle, ran } = await boot(INBOX);
    const job = (front: string) => put({ '/workspace/jobs/read.md': `---\nagent: hand\n${front}\n---\nDo it.\n` });
    const drop = async (name: string): Promise<number> => {
      await put({ [`/workspace/inbox/${name}`]: name });
      await settle();
      return ran.splice(0).length;
    };
    await job('on: { change: /workspace/inbox/*.txt }');
    expect([await drop('a.csv'), await drop('a.txt')]).toEqual([0, 1]);
    await job('on: { change: /workspace/inbox/*.txt }\npaused: true');
    expect(await drop('b.txt')).toBe(0);
    await job('on: { change: /workspace/inbox/*.txt }');
    expect(await drop('c.txt')).toBe(1);
    must(await op.write([{ op: 'remove', path: '/workspace/jobs/read.md' }], { message: 'away' }));
    expect(await drop('d.txt')).toBe(0);
  });

  test('the global stop stops it', async () => {
    const { op, put, settle, ran } = await boot(INBOX);
    must(
      await op.write([{ op: 'edit', path: '/system/policy.yaml', old: 'paused: false', new: 'paused: true' }], {
        message: 'stop',
      }),
    );
    await put({ '/workspace/inbox/a.csv': '1' });
    await settle();
    expect(ran).toEqual([]);
  });

  test('a malformed job is reported once, and harms no other', async () => {
    const { put, settle, ran, reports } = await boot({
      ...INBOX,
      bad: 'on: { change: 5 }',
      stars: 'on: { change: "/workspace/*a*a*a*a*b" }',
    });
    await put({ '/workspace/inbox/a.csv': '1' });
    await put({ '/workspace/inbox/b.csv': '1' });
    await settle();
    expect(ran).toEqual(['read']);
    expect(reports).toHaveLength(2);
    expect(reports.some((line) => line.startsWith('/workspace/jobs/bad.md:3:'))).toBe(true);
    expect(reports.some((line) => line.includes('too many stars'))).toBe(true);
  });

  test('a job that cannot be started is reported', async () => {
    const { op, put, settle, ran, reports } = await boot(INBOX);
    must(await op.write([{ op: 'remove', path: '/workspace/agents/hand/AGENT.md' }], { message: 'away' }));
    await put({ '/workspace/inbox/a.csv': '1' });
    await settle();
    expect(ran).toEqual([]);
    expect(reports).toEqual([expect.stringMatching(/^\/workspace\/jobs\/read\.md could not be started: .*hand/)]);
  });

  test('what changes while it runs fires it once more when it has ended', async () => {
    let finish = (): void => undefined;
    const { put, settle, ran } = await boot(INBOX, () => new Promise<void>((done) => (finish = done)));
    await put({ '/workspace/inbox/a.csv': '1' });
    await settle();
    await put({ '/workspace/inbox/b.csv': '1' });
    await settle();
    await put({ '/workspace/inbox/c.csv': '1' });
    await settle(5000);
    expect(ran).toEqual(['read']);
    finish();
    await settle(2000);
    expect(ran).toEqual(['read', 'read']);
    finish();
    await settle(2000);
    expect(ran).toEqual(['read', 'read']);
  });
});

describe('its own doing', () => {
  const append =
    (path: string): Act =>
    async (sys) =>
      must(await sys.write([{ op: 'append', path, content: 'x\n' }], { message: 'work' }));

  test('a change made by a run of the same job does not fire it', async () => {
    const { put, settle, ran } = await boot(INBOX, append('/workspace/inbox/a.csv'));
    await put({ '/workspace/inbox/a.csv': '1\n' });
    await settle(5000);
    expect(ran).toEqual(['read']);
  });

  test('two jobs that set each other off stop, and it is said', async () => {
    const jobs = { ping: 'on: { change: /workspace/ball/ping.md }', pong: 'on: { change: /workspace/ball/pong.md }' };
    const { put, settle, ran, reports } = await boot(jobs, (sys, order) =>
      append(`/workspace/ball/${order.job?.slug === 'ping' ? 'pong' : 'ping'}.md`)(sys, order),
    );
    await put({ '/workspace/ball/ping.md': 'serve\n' });
    await settle(60_000);
    expect(ran).toEqual(['ping', 'pong', 'ping', 'pong', 'ping']);
    expect(ran).toHaveLength(MAX_CHAIN);
    expect(reports).toEqual([expect.stringContaining('had already set each other off')]);
    await put({ '/workspace/ball/pong.md': 'again\n' });
    await settle(60_000);
    expect(ran).toHaveLength(2 * MAX_CHAIN);
  });
});

describe('jobs of a program', () => {
  const competitorBrief = async () =>
    (await bundleAll(new URL('../../programs/', import.meta.url).pathname)).zips.get('competitor-brief')?.zip ??
    new Uint8Array();
  const PROFILE = '/workspace/context/competitors/acme/profile.md';
  const setActive = async (op: Sys, active: boolean): Promise<void> => {
    must(await op.invoke(active ? 'activate' : 'deactivate', { name: 'competitor-brief' }));
  };

  test('[A24] fire while it is active, and never otherwise', async () => {
    const { op, put, settle, ran } = await boot({});
    const { digest } = must(await op.invoke('plan', { source: await competitorBrief() }));
    must(await op.invoke('install', { digest }));
    await setActive(op, true);
    await put({ [PROFILE]: 'one\n' });
    await settle();
    expect(ran).toEqual(['write-briefing']);
    await setActive(op, false);
    await put({ [PROFILE]: 'two\n' });
    await settle();
    expect(ran).toEqual(['write-briefing']);
    const record = JSON.parse(
      String(must(await op.read('/system/programs/competitor-brief.json')).content),
    ) as InstalledProgram;
    expect(record.state).toBe('installed');
    await setActive(op, true);
    await put({ [PROFILE]: 'three\n' });
    await settle();
    expect(ran).toEqual(['write-briefing', 'write-briefing']);
  });

  test('a rehearsal sets nothing off', async () => {
    const { op, settle, ran } = await boot({}, async (sys, order) => {
      if (order.job?.slug === 'read-inbox')
        must(await sys.write([{ op: 'put', path: PROFILE, content: 'recorded\n' }], { message: 'profile' }));
      else
        must(
          await sys.write([{ op: 'put', path: `/workspace/briefings/${order.date}.md`, content: 'recorded\n' }], {
            message: 'briefing',
          }),
        );
    });
    const { digest } = must(await op.invoke('plan', { source: await competitorBrief() }));
    must(await op.invoke('install', { digest }));
    await setActive(op, true);
    const fired = must(await op.fire('/programs/competitor-brief', { args: { rehearse: true, wait: true } }));
    expect(fired.state).toBe('done');
    await settle(10_000);
    expect(ran).toEqual(['read-inbox', 'write-briefing']);
  });
});
