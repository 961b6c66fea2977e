import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { err, must, ok } from '../protocol/errors.ts';
import type { Revision, Stat } from '../protocol/files.ts';
import type { Plan } from '../protocol/plan.ts';
import type { BashEnded, LoaderPort } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createInlineBash } from './inline.ts';

let kernel: Memory;
let operator: Sys;

beforeEach(async () => {
  kernel = await bootMemory({ ports: () => ({ bash: createInlineBash({ timeMs: 1_000, outputChars: 20_000 }) }) });
  operator = kernel.as('operator');
  await put({
    '/workspace/a.md': 'alpha\nbeta\n',
    '/workspace/d/b.md': 'alpha again\n',
    '/workspace/d/e/c.txt': 'deep alpha\n',
    '/workspace/raw': Uint8Array.from([0, 255, 254, 10]),
  });
});
afterEach(() => kernel.stop());

const put = async (files: Record<string, string | Uint8Array<ArrayBuffer>>): Promise<void> => {
  const changes = Object.entries(files).map(([path, content]) => ({ op: 'put' as const, path, content, base: null }));
  must(await operator.write(changes, { message: 'set up' }));
};

const bash = async (
  script: string,
  as: Sys = operator,
  more: { cwd?: string; env?: Record<string, string> } = {},
): Promise<BashEnded> => must(await as.fire({ kind: 'bash', script, ...more })).result as BashEnded;

const text = async (path: string): Promise<string | undefined> => {
  const read = await operator.read(path, { as: 'text' });
  return read.ok ? String(read.value.content) : undefined;
};
const history = async (path: string): Promise<Revision[]> => must(await operator.list(path, { history: true })).entries;

describe('commands of its own', () => {
  test('history, revert and blame', async () => {
    await bash('echo gamma >> a.md');
    const listed = (await bash('history a.md')).stdout.trim().split('\n');
    expect(listed).toHaveLength(2);
    expect(listed[0]).toContain('echo gamma >> a.md');
    const first = listed[1]?.split(' ')[0] ?? '';
    expect(await bash(`revert a.md ${first}`)).toMatchObject({ code: 0, revisions: [expect.any(String)] });
    expect(await text('/workspace/a.md')).toBe('alpha\nbeta\n');
    expect(await history('/workspace/a.md')).toHaveLength(3);
    await bash('echo delta >> a.md', kernel.as('agent:shell'));
    const blamed = (await bash('blame a.md')).stdout.trim().split('\n');
    expect(blamed.map((line) => /operator|agent:shell/.exec(line)?.[0])).toEqual([
      'operator',
      'operator',
      'agent:shell',
    ]);
  });

  test('restore brings back what was removed, in this line or before it, and a folder as it was', async () => {
    const [first] = await history('/workspace/a.md');
    expect(await bash('rm a.md; restore a.md; cat a.md')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/beta/),
    });
    await bash('rm -r d');
    expect(await bash('restore d; cat d/e/c.txt')).toMatchObject({ stdout: expect.stringContaining('deep alpha') });
    await bash('echo more >> a.md');
    expect(await bash(`restore a.md ${first?.id}`)).toMatchObject({ code: 0 });
    expect(await text('/workspace/a.md')).toBe('alpha\nbeta\n');
    expect(await bash('restore a.md')).toMatchObject({ code: 1, stderr: expect.stringContaining('EEXIST') });
  });

  test('a command that asks the kernel sees what the line has done so far', async () => {
    const ended = await bash('echo one > fresh.md; history fresh.md | wc -l; echo two > fresh.md');
    expect(ended.stdout.trim()).toBe('1');
    expect(ended.revisions).toHaveLength(2);
  });

  test('propose waits for the operator; approving it changes the file', async () => {
    const shell = kernel.as('agent:shell');
    const ended = await bash(
      'printf "run: bash\\n" > /tmp/j; propose -m "needed every day" --put jobs/j.md /tmp/j --rm a.md',
      shell,
    );
    expect(ended.stdout).toMatch(/^Proposal \S+ is pending/);
    const [file] = (must(await operator.list('/system/proposals')).entries as Stat[]).map(({ path }) => path);
    const proposal = JSON.parse((await text(file ?? '')) ?? '{}') as {
      id: string;
      hash: string;
      by: string;
      rationale: string;
    };
    expect(proposal).toMatchObject({ by: 'agent:shell', rationale: 'needed every day' });
    must(await operator.call('decide', { id: proposal.id, verdict: 'approve', hash: proposal.hash }));
    expect(await text('/workspace/jobs/j.md')).toBe('run: bash\n');
    expect(await text('/workspace/a.md')).toBeUndefined();
    expect((await bash('propose --rm a.md', shell)).stderr).toContain('say why with -m');
  });

  test('install shows the plan, and installs that digest and no other', async () => {
    await kernel.stop();
    const installed: string[] = [];
    const plan: Plan = {
      name: 'brief',
      title: 'Brief',
      version: '1.0.0',
      description: 'Writes a brief.',
      author: 'Somebody',
      source: 'x',
      digest: 'd1',
      bytes: 9,
      signed: false,
      files: [],
      powers: { write: ['/workspace/briefs/**'], effects: [] },
      notAsked: ['It cannot spend.'],
      agents: [],
      jobs: [],
      surfaces: [],
      skills: [],
      forks: [],
      conflicts: [],
      rehearsals: [],
      warnings: [],
    };
    const loader: Partial<LoaderPort> = {
      plan: async (_sys, source) => ok({ ...plan, digest: source instanceof Uint8Array ? 'd2' : 'd1' }),
      install: async (_sys, digest) => {
        installed.push(digest);
        return err('EBUSY', 'as far as this test goes');
      },
    };
    kernel = await bootMemory({ ports: () => ({ bash: createInlineBash(), loader: loader as LoaderPort }) });
    operator = kernel.as('operator');
    await put({ '/workspace/inbox/b.zip': Uint8Array.from([1, 0, 2]) });
    const { stdout } = await bash('install https://example.org/b.zip');
    expect(stdout).toMatch(
      /asks to write:\n {2}\/workspace\/briefs[^]*does not ask for:\n {2}It cannot spend[^]*install https:\/\/example.org\/b.zip --digest d1\n {2}activate brief/,
    );
    expect(await bash('install inbox/b.zip --digest d1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('now has the digest d2'),
    });
    expect(installed).toEqual([]);
    await bash('install https://example.org/b.zip --digest d1');
    expect(installed).toEqual(['d1']);
  });

  test('ps shows the line itself; what the kernel refuses is said in its words', async () => {
    expect((await bash('ps')).stdout).toMatch(/running .*operator +bash +ps/);
    expect((await bash('kill nobody')).stderr).toMatch(/kill: E\w+: .*nobody/);
    expect((await bash('kill all', kernel.as('agent:shell'))).stderr).toContain('Only the operator may call kill');
    expect((await bash('allod; whoami; run /workspace/nothing')).stderr).toContain('run: EINVAL');
  });
});
