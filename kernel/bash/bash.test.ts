import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { Revision, Stat } from '../protocol/files.ts';
import type { BashEnded } from '../protocol/ports.ts';
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
const paths = async (under: string): Promise<string[]> =>
  (must(await operator.list(under, { depth: 9 })).entries as Stat[]).map(({ path }) => path);

describe('what a shell does', () => {
  test('pipes, redirects, here-documents and globs', async () => {
    expect((await bash('cat a.md | tr a-z A-Z | head -1')).stdout).toBe('ALPHA\n');
    expect((await bash('cat > new.md <<END\nhello $USER\nEND\ncat new.md')).stdout).toBe('hello operator\n');
    expect((await bash('echo *.md */*.md')).stdout).toBe('AGENTS.md a.md new.md d/b.md\n');
    expect(await text('/workspace/new.md')).toBe('hello operator\n');
  });

  test('grep -r, find, sed -i, wc and awk over the workspace', async () => {
    expect((await bash('grep -rn alpha d a.md | sort')).stdout).toBe(
      'a.md:1:alpha\nd/b.md:1:alpha again\nd/e/c.txt:1:deep alpha\n',
    );
    expect((await bash('find d -name "*.txt"')).stdout).toBe('d/e/c.txt\n');
    expect((await bash('sed -i s/alpha/omega/ a.md d/b.md; awk "{ print NR, \\$1 }" a.md')).stdout).toBe(
      '1 omega\n2 beta\n',
    );
    expect(await text('/workspace/d/b.md')).toBe('omega again\n');
  });

  test('mv and rm -r of folders, history going along', async () => {
    expect(await bash('mv d moved; mv a.md moved/; rm -r moved/e')).toMatchObject({ code: 0, stderr: '' });
    expect(await paths('/workspace/moved')).toEqual(['/workspace/moved/a.md', '/workspace/moved/b.md']);
    expect((await history('/workspace/moved/a.md')).map(({ op }) => op)).toEqual(['reparent', 'create']);
    expect(await text('/workspace/a.md')).toBeUndefined();
  });

  test('bytes stay bytes', async () => {
    expect((await bash('cp raw copy; cat raw | wc -c; od -An raw')).stdout.replaceAll(/\s+/g, ' ')).toBe(
      '4 000 377 376 012 ',
    );
    const copy = must(await operator.read('/workspace/copy', { as: 'bytes' }));
    expect([...(copy.content as Uint8Array)]).toEqual([0, 255, 254, 10]);
  });

  test('folder and variables go from line to line when they are handed on', async () => {
    const first = await bash('cd d/e; export COLOUR=red');
    expect(first).toMatchObject({ cwd: '/workspace/d/e', env: { COLOUR: 'red' } });
    expect((await bash('pwd; echo $COLOUR; cd -', operator, first)).stdout).toBe('/workspace/d/e\nred\n/workspace\n');
    expect((await bash('pwd', operator, { cwd: '/workspace/gone' })).stderr).toContain(
      '/workspace/gone is not a folder',
    );
  });

  test('output beyond the limit is cut, and says so', async () => {
    const { stdout } = await bash('seq 1 9000');
    expect(stdout.length).toBeLessThan(20_200);
    expect(stdout).toMatch(/\[cut here: \d+ more characters/);
  });

  test('/tmp and /dev/null last for the line; /system, /programs and /proc can be read', async () => {
    expect((await bash('echo x > /tmp/t; cat /tmp/t; echo y > /dev/null; cat /dev/null')).stdout).toBe('x\n');
    expect((await bash('cat /tmp/t')).code).toBe(1);
    expect((await bash('grep autonomy /system/policy.yaml | wc -l; ls /; jq -r .version /proc/kernel')).stdout).toMatch(
      /^1\n[^]*proc\nprograms\nsystem\ntmp\nusr\nworkspace\n0\.1\.0\n$/,
    );
  });
});

describe('what it writes', () => {
  test('[A30] one line makes one revision per file, with the line as its message', async () => {
    const { revisions } = await bash(
      'for i in 1 2 3; do echo $i >> a.md; done; sed -i s/beta/gamma/ a.md; echo $(cat a.md | wc -l)',
    );
    expect(revisions).toHaveLength(1);
    const [newest, ...older] = await history('/workspace/a.md');
    expect(newest).toMatchObject({
      id: revisions[0],
      actor: 'operator',
      message: 'for i in 1 2 3; do echo $i >> a.md; done; sed -i s/beta/gamma/ a.md; echo $(cat a.md | wc -l)',
    });
    expect(older).toHaveLength(1);
    expect(await text('/workspace/a.md')).toBe('alpha\ngamma\n1\n2\n3\n');
  });

  test('[A30] several files are one change set; unchanged ones are not in it', async () => {
    const before = await history('/workspace/d/e/c.txt');
    const { revisions } = await bash(
      'sed -i s/again/AGAIN/ */*.md */*/*.txt; touch a.md; echo n > n.md; echo t > t.md; rm t.md',
    );
    expect(revisions).toHaveLength(2);
    expect(await history('/workspace/d/e/c.txt')).toEqual(before);
    const causes = await Promise.all(
      ['/workspace/d/b.md', '/workspace/n.md'].map(async (path) => (await history(path))[0]?.cause),
    );
    expect(new Set(causes).size).toBe(1);
  });

  test('filtering a file through a new one keeps its history', async () => {
    const { revisions } = await bash('grep -v beta a.md > a.new && mv a.new a.md');
    expect(revisions).toHaveLength(1);
    expect((await history('/workspace/a.md')).map(({ op }) => op)).toEqual(['edit', 'create']);
    await bash('rm a.md; echo again > a.md');
    expect((await history('/workspace/a.md')).map(({ op }) => op)).toEqual(['edit', 'edit', 'create']);
    expect(await text('/workspace/a.new')).toBeUndefined();
  });

  test('renames meet in any order: a swap, a detour, a file in a renamed folder', async () => {
    await bash('mv a.md t; mv d/b.md a.md; mv t d/b.md');
    expect([await text('/workspace/a.md'), await text('/workspace/d/b.md')]).toEqual([
      'alpha again\n',
      'alpha\nbeta\n',
    ]);
    const detour = await bash('mv a.md x; mv x y; mv y z');
    expect(detour.revisions).toHaveLength(1);
    await bash('mkdir -p new/er; mv z new/er/z; mv new old; echo more >> old/er/z');
    expect(await text('/workspace/old/er/z')).toBe('alpha again\nmore\n');
    expect((await history('/workspace/old/er/z')).at(-1)?.path).toBe('/workspace/d/b.md');
  });

  test('rm -r, mkdir and a new file of the same name, in one line', async () => {
    expect(await bash('rm -r d; mkdir d; echo k > d/b.md; cp -r d dd')).toMatchObject({ code: 0, stderr: '' });
    expect(await paths('/workspace/d')).toEqual(['/workspace/d/b.md']);
    expect(await text('/workspace/dd/b.md')).toBe('k\n');
  });

  test('a refused place fails its command and no more', async () => {
    const ended = await bash(
      'echo x > /system/x || echo "no: $?"; mkdir /programs/p; echo y > /etc/y; (echo z > /proc/z); eval "echo w > /usr/w"; echo on > on.md',
    );
    expect(ended.stdout).toBe('no: 1\n');
    for (const path of ['/system/x', '/programs/p', '/etc/y', '/proc/z', '/usr/w'])
      expect(ended.stderr).toMatch(new RegExp(`EROFS.*${path}`));
    expect(await text('/workspace/on.md')).toBe('on\n');
  });

  test('[A10] what the gate refuses is refused whole, and propose is named', async () => {
    const shell = kernel.as('agent:shell');
    const ended = await bash('echo mine > mine.md; echo x > jobs/x.md', shell);
    expect(ended).toMatchObject({ code: 1, revisions: [] });
    expect(ended.stderr).toMatch(/EACCES \/workspace\/jobs\/x\.md: .*Nothing of this line was written\. .*propose -m/);
    expect(await text('/workspace/mine.md')).toBeUndefined();
    expect((await bash('echo mine > mine.md', shell)).revisions).toHaveLength(1);
    expect((await history('/workspace/mine.md'))[0]?.actor).toBe('agent:shell');
  });

  test('[A4] [F3] a file that somebody else changed meanwhile is not overwritten', async () => {
    const running = bash('cat a.md > /dev/null; sleep 0.2; echo mine > a.md; echo other > other.md');
    await new Promise((resolve) => setTimeout(resolve, 80));
    must(
      await kernel
        .as('agent:shell')
        .write([{ op: 'edit', path: '/workspace/a.md', old: 'beta', new: 'theirs' }], { message: 'meanwhile' }),
    );
    const ended = await running;
    expect(ended).toMatchObject({ code: 1, revisions: [] });
    expect(ended.stderr).toMatch(/ESTALE \/workspace\/a\.md: .*agent:shell.*Nothing of this line was written/);
    expect([await text('/workspace/a.md'), await text('/workspace/other.md')]).toEqual(['alpha\ntheirs\n', undefined]);
  });

  test('appending needs no base: two writers of one log both get their line', async () => {
    const running = bash('echo mine >> a.md; sleep 0.2');
    await new Promise((resolve) => setTimeout(resolve, 80));
    await bash('echo theirs >> a.md', kernel.as('agent:shell'));
    expect(await running).toMatchObject({ code: 0 });
    expect(await text('/workspace/a.md')).toBe('alpha\nbeta\ntheirs\nmine\n');
  });

  test("another agent's private memory stays closed, and a walk goes on past it", async () => {
    await put({ '/workspace/agents/spy/memory/secret.md': 'alpha secret' });
    const ended = await bash('grep -rl alpha . | sort; cat agents/spy/memory/secret.md', kernel.as('agent:shell'));
    expect(ended.stdout).toBe('a.md\nd/b.md\nd/e/c.txt\n');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('No such file') });
  });
});

describe('where it ends', { timeout: 20_000 }, () => {
  test('[A20] a loop ends at the time limit and writes nothing', async () => {
    const started = Date.now();
    const ended = await bash('echo x > x.md; while true; do echo y >> y.md; done');
    expect(Date.now() - started).toBeLessThan(4_000);
    expect(ended).toMatchObject({ code: 124, revisions: [] });
    expect(ended.stderr).toContain('stopped after 1 s');
    expect(await text('/workspace/x.md')).toBeUndefined();
    expect((await bash('sleep 30')).code).toBe(124);
  });

  test('[A20] [R3] a kill ends a waiting line', async () => {
    const running = bash('echo x > x.md; sleep 30');
    await new Promise((resolve) => setTimeout(resolve, 100));
    must(await operator.call('kill', { run: 'all' }));
    const ended = await running;
    expect(ended).toMatchObject({ code: 130, revisions: [] });
    expect(await text('/workspace/x.md')).toBeUndefined();
  });

  test('a script that does not parse says so', async () => {
    expect(await bash('if then')).toMatchObject({ code: 2, revisions: [] });
  });
});
