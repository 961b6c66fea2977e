// The real worker script, bundled as for a browser, in a real thread of Node's: it can be killed while it computes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { BashEnded } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createBash } from './bash.ts';
import type { FromShell, ShellWorker } from './frames.ts';

const SHIM = `import { parentPort } from 'node:worker_threads';
globalThis.self = {
  postMessage: (frame) => parentPort.postMessage(frame),
  set onmessage(listener) { parentPort.on('message', (data) => listener({ data })); },
};
await import('./bash.worker.mjs');
`;

let folder: string;
let kernel: Memory;
let operator: Sys;
let started: Worker[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allod-bash-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      minify: false,
      lib: {
        entry: new URL('bash.worker.ts', import.meta.url).pathname,
        formats: ['es'],
        fileName: () => 'bash.worker.mjs',
      },
    },
  });
  await writeFile(join(folder, 'start.mjs'), SHIM);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const spawn = (): ShellWorker => {
  const thread = new Worker(pathToFileURL(join(folder, 'start.mjs')));
  started.push(thread);
  const worker: ShellWorker = {
    postMessage: (frame) => thread.postMessage(frame),
    onmessage: null,
    onerror: null,
    terminate: () => thread.terminate(),
  };
  thread.on('message', (data: FromShell) => worker.onmessage?.({ data }));
  thread.on('error', ({ message }) => worker.onerror?.({ message }));
  return worker;
};

const boot = async (limits: { timeMs?: number } = {}): Promise<void> => {
  started = [];
  kernel = await bootMemory({ ports: () => ({ bash: createBash({ ...limits, spawn }) }) });
  operator = kernel.as('operator');
};
beforeEach(() => boot());
afterEach(async () => {
  await kernel.stop();
  await Promise.all(started.map((thread) => thread.terminate()));
});

const bash = async (script: string, as: Sys = operator): Promise<BashEnded> =>
  must(await as.fire({ kind: 'bash', script })).result as BashEnded;
const text = async (path: string): Promise<unknown> => {
  const read = await operator.read(path);
  return read.ok ? read.value.content : undefined;
};
/** A loop in which nothing comes to rest: no timer of its thread gets a turn. */
const SPIN = 'while true; do x=1; done';

describe('a line in its own worker', { timeout: 20_000 }, () => {
  test('makes its syscalls as the caller, and the next line finds the worker warm', async () => {
    expect(await bash('echo one > w.md; cat w.md')).toMatchObject({
      stdout: 'one\n',
      code: 0,
      revisions: [expect.any(String)],
    });
    expect((await bash('whoami; cat w.md | tr a-z A-Z', kernel.as('agent:shell'))).stdout).toBe('agent:shell\nONE\n');
    expect(started).toHaveLength(1);
  });

  test('two lines at once have a worker each', async () => {
    const both = await Promise.all([bash('sleep 0.1; echo a'), bash('sleep 0.1; echo b')]);
    expect(both.map(({ stdout }) => stdout)).toEqual(['a\n', 'b\n']);
    expect(started).toHaveLength(2);
  });

  test('[A20] a kill ends a spinning loop within a second, writes nothing, and the next line runs', async () => {
    await bash('true');
    const running = bash(`echo x > x.md; ${SPIN}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const killedAt = Date.now();
    must(await operator.call('kill', { run: 'all' }));
    const ended = await running;
    expect(Date.now() - killedAt).toBeLessThan(700);
    expect(ended).toMatchObject({ code: 130, revisions: [], stderr: expect.stringContaining('killed') });
    expect(await text('/workspace/x.md')).toBeUndefined();
    expect((await bash('echo on')).stdout).toBe('on\n');
    expect(started).toHaveLength(2);
  });

  test('[A20] what the shell cannot stop itself is stopped from outside', async () => {
    await kernel.stop();
    await boot({ timeMs: 400 });
    const stuck = spawn();
    stuck.postMessage = () => undefined;
    const deaf = createBash({ timeMs: 200, spawn: () => stuck });
    const from = Date.now();
    const ended = must(await deaf.run(operator, { script: SPIN }));
    expect(ended).toMatchObject({ code: 124, revisions: [], stderr: expect.stringContaining('stopped after 0.2 s') });
    expect(Date.now() - from).toBeLessThan(1_500);
    expect((await bash('sleep 5')).code).toBe(124);
  });

  test('a worker that cannot be started is an error in words, not a hang', async () => {
    const broken = createBash({
      spawn: () => {
        const worker: ShellWorker = {
          postMessage: () => setTimeout(() => worker.onerror?.({ message: '404' }), 5),
          onmessage: null,
          onerror: null,
          terminate: () => undefined,
        };
        return worker;
      },
    });
    expect(await broken.run(operator, { script: 'true' })).toMatchObject({
      ok: false,
      error: { code: 'EIO', message: expect.stringContaining('404') },
    });
  });

  test('a worker cannot ask for what a shell does not do', async () => {
    const asked: unknown[] = [];
    const rogue = createBash({
      spawn: () => {
        const worker: ShellWorker = {
          postMessage: (frame) => {
            if (frame.t === 'run')
              worker.onmessage?.({
                data: { t: 'call', id: 1, name: 'secret', args: { name: 'KEY', value: null, origins: [] } },
              });
            else {
              asked.push(frame.result);
              worker.onmessage?.({ data: { t: 'crashed', message: 'done asking' } });
            }
          },
          onmessage: null,
          onerror: null,
          terminate: () => undefined,
        };
        return worker;
      },
    });
    await rogue.run(operator, { script: 'true' });
    expect(asked).toMatchObject([{ ok: false, error: { code: 'ENOSYS' } }]);
  });

  test('walks a tree without a read for each stat', async () => {
    const changes = Array.from({ length: 400 }, (_, i) => ({
      op: 'put' as const,
      path: `/workspace/many/${i % 40}/${i}.md`,
      content: `line\n${i % 20 === 0 ? 'NEEDLE' : 'hay'}\n`,
      base: null,
    }));
    must(await operator.write(changes, { message: 'many' }));
    const asked: string[] = [];
    const counting: Sys = {
      ...operator,
      invoke: (name, args) => {
        asked.push(name);
        return operator.invoke(name, args);
      },
    };
    const shell = createBash({ spawn });
    expect(
      must(await shell.run(counting, { script: 'find many -name "*.md" | wc -l; ls -lR many | wc -l' })).stdout,
    ).toMatch(/^400\n/);
    expect(new Set(asked)).toEqual(new Set(['list']));
    expect(asked.length).toBeLessThan(60);
    expect(must(await shell.run(counting, { script: 'grep -rl NEEDLE many | wc -l' })).stdout).toBe('20\n');
  });
});
