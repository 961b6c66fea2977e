// Agents that have other agents work for them: who may write what, how deep, and not in a circle.
import { afterEach, describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { POLICY, roleFile } from '../protocol/capability.ts';
import { must } from '../protocol/errors.ts';
import { emptyUsage } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';

/** What each agent does in its run, and the words it ends with. */
type Deeds = Record<string, (sys: Sys) => Promise<string>>;
let k: Memory;

const boot = async (deeds: Deeds, disk: Disk = createDisk()): Promise<Sys> => {
  k = await bootMemory({
    disk,
    ports: () => ({
      agents: {
        run: async (sys) => ({
          state: 'done',
          text: (await deeds[sys.actor.slice(6)]?.(sys)) ?? '',
          usage: emptyUsage(),
        }),
      },
    }),
  });
  return k.as('operator');
};
const put = async (op: Sys, path: string, content: string): Promise<void> => {
  const read = await op.read(path);
  const base = read.ok ? read.value.stat.revision : null;
  must(await op.write([{ op: 'put', path, content, base }], { message: 'm' }));
};
const agent = (op: Sys, name: string, more = ''): Promise<void> =>
  put(op, roleFile(name), `---\nname: ${name}\nwrite: [/workspace/**]\n${more}---\nWork.\n`);
const grants = (op: Sys): Promise<void> =>
  put(
    op,
    POLICY,
    'grants: { "agent:clerk": { write: [/workspace/notes/**] }, "agent:drafter": { write: [/workspace/**] } }\n',
  );

const fire = async (sys: Sys, name: string): Promise<string> => {
  const fired = await sys.fire(`/workspace/agents/${name}`, { args: { prompt: 'Go.', wait: true } });
  if (!fired.ok) return `${fired.error.code}: ${fired.error.message}`;
  return String((fired.value.result as { text?: string } | undefined)?.text);
};
const write = async (sys: Sys, path: string): Promise<string> => {
  const done = await sys.write([{ op: 'put', path, content: sys.run, base: null }], { message: 'm' });
  return done.ok ? 'ok' : `${done.error.code}: ${done.error.message}`;
};

afterEach(() => k.stop());

describe('[L4] one agent works for another', () => {
  const paths = ['/workspace/notes/a.md', '/workspace/letters/b.md', '/workspace/agents/drafter/memory/c.md'];
  const drafter = async (sys: Sys): Promise<string> => {
    const said: string[] = [];
    for (const path of paths) said.push(await write(sys, path));
    return said.join('\n');
  };

  test('it may write what both may, and its own memory; by itself, what it may', async () => {
    const op = await boot({ drafter, clerk: (sys) => fire(sys, 'drafter') });
    await Promise.all([agent(op, 'clerk'), agent(op, 'drafter'), grants(op)]);
    const [both, mine, memory] = (await fire(op, 'clerk')).split('\n');
    expect([both, memory]).toEqual(['ok', 'ok']);
    expect(mine).toMatch(
      /^EACCES: drafter works for clerk in this run, which is bound as well: clerk has no grant.*Propose/,
    );
    expect((await fire(op, 'drafter')).split('\n')[1]).toBe('ok');
  });

  test('the strictest autonomy of all holds, and what waits is on no account of the child alone', async () => {
    const op = await boot({
      drafter: (sys) => write(sys, '/workspace/notes/a.md'),
      clerk: (sys) => fire(sys, 'drafter'),
    });
    await Promise.all([agent(op, 'clerk', 'autonomy: manual\n'), agent(op, 'drafter'), grants(op)]);
    expect(await fire(op, 'clerk')).toMatch(/^EAGAIN: Not written yet: drafter works for clerk/);
    expect(await fire(op, 'drafter')).toBe('ok');
  });

  test('no circle, and no chain of more than four, told in words that name the chain', async () => {
    const next: Record<string, string> = { a: 'b', b: 'c', c: 'd', d: 'e', e: 'a', x: 'y', y: 'x' };
    const op = await boot(
      Object.fromEntries(Object.entries(next).map(([name, other]) => [name, (sys: Sys) => fire(sys, other)])),
    );
    for (const name of Object.keys(next)) await agent(op, name);
    expect(await fire(op, 'a')).toMatch(/^EINVAL: .*at most 4 deep.*a → b → c → d → e/);
    expect(await fire(op, 'x')).toMatch(/^EINVAL: x waits further up.*x → y → x/);
    expect(k.kernel.processes.list()).toEqual([]);
  });

  test('nor by bringing back what was removed', async () => {
    const path = '/workspace/letters/old.md';
    const restore = async (sys: Sys): Promise<string> => {
      const done = await sys.write([{ op: 'restore', path }], { message: 'm' });
      return done.ok ? 'ok' : `${done.error.code}: ${done.error.message}`;
    };
    const op = await boot({ drafter: restore, clerk: (sys) => fire(sys, 'drafter') });
    await Promise.all([agent(op, 'clerk'), agent(op, 'drafter'), grants(op)]);
    await put(op, path, 'old');
    must(await op.write([{ op: 'remove', path }], { message: 'm' }));
    expect(await fire(op, 'clerk')).toMatch(/^EACCES: drafter works for clerk/);
    expect(await fire(op, 'drafter')).toBe('ok');
  });

  test('nor through a job, which is bound as well', async () => {
    const op = await boot({
      drafter: (sys) => write(sys, '/workspace/letters/b.md'),
      clerk: async (sys) => {
        const fired = must(await sys.fire('/workspace/jobs/j.md', { args: { prompt: 'Mine.', wait: true } }));
        return String((fired.result as { text?: string }).text);
      },
    });
    await Promise.all([agent(op, 'clerk'), agent(op, 'drafter'), grants(op)]);
    await put(op, '/workspace/jobs/j.md', '---\nagent: drafter\n---\nWrite.\n');
    expect(await fire(op, 'clerk')).toMatch(/^EACCES: drafter works for clerk/);
  });

  test('it stays so when the kernel stopped and the run is taken up again', async () => {
    const disk = createDisk();
    let begun = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (begun = resolve));
    const hang = (): Promise<string> => (begun(), new Promise(() => undefined));
    const op = await boot({ drafter: hang, clerk: (sys) => fire(sys, 'drafter') }, disk);
    await Promise.all([agent(op, 'clerk'), agent(op, 'drafter'), grants(op)]);
    void fire(op, 'clerk');
    await hanging;
    k.crash();
    let said = (_words: string): void => undefined;
    const words = new Promise<string>((resolve) => (said = resolve));
    await boot(
      {
        clerk: async () => 'waited',
        drafter: async (sys) => {
          said(await write(sys, '/workspace/letters/b.md'));
          return 'done';
        },
      },
      disk,
    );
    expect(await words).toMatch(/^EACCES: drafter works for clerk/);
  });
});
