// What goes wrong around the kernel in a real browser: its lock stolen, its tab frozen, its disk full, its database
// taken by a newer version or deleted. Outcomes are listed in kernel/FAULTS.md.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import type { Values } from '../../kernel/protocol/syscalls.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { attachKernelWorker } from '../worker-session.ts';
import { dist, ready, type Console } from './cockpit.ts';

let app: StaticServer;
test.beforeAll(async () => {
  app = await serveStatic(dist);
});
test.afterAll(() => app.close());

const open = async (context: BrowserContext): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(app.url);
  await ready(page);
  return page;
};

/** A page of the same origin without a kernel. */
const bare = async (context: BrowserContext): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`${app.url}manifest.webmanifest`);
  return page;
};

const kernelOf = (page: Page): Promise<{ epoch: number; entries: number }> =>
  page.evaluate(async () => {
    const read = await (globalThis as unknown as Console).allod.read('/proc/kernel');
    if (!read.ok) throw new Error(read.error.message);
    return JSON.parse(String(read.value.content));
  });

/** Whether no transaction of another tab stands in the way of one that writes. */
const canWrite = (page: Page): Promise<boolean> =>
  page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const asked = indexedDB.open('allod:main');
        asked.onsuccess = () => {
          const db = asked.result;
          const all = db.transaction(db.objectStoreNames, 'readwrite');
          const late = setTimeout(() => resolve(false), 1_000);
          all.oncomplete = () => {
            clearTimeout(late);
            resolve(true);
          };
          all.onabort = all.oncomplete;
          all.objectStore('sys').count().onsuccess = () => db.close();
        };
      }),
  );

type Writing = Console & { acknowledged: string[]; failed?: string; enough?: boolean };

/** Writes one file after another until told otherwise; remembers each that was acknowledged. */
const keepWriting = (page: Page, folder: string): Promise<void> =>
  page.evaluate((below) => {
    const state = globalThis as unknown as Writing;
    state.acknowledged = [];
    void (async () => {
      for (let n = 0; !state.enough; n++) {
        const path = `${below}/${n}.md`;
        const done = await state.allod.write([{ op: 'put', path, content: `number ${n}`, base: null }], {
          message: `file ${n}`,
        });
        if (!done.ok) {
          state.failed = JSON.stringify(done.error);
          return;
        }
        state.acknowledged.push(path);
      }
    })();
  }, folder);

const more = (page: Page, than: number, timeout = 20_000): Promise<unknown> =>
  page.waitForFunction(
    (n) => {
      const state = globalThis as unknown as Writing;
      return state.failed !== undefined || state.acknowledged.length > n;
    },
    than,
    { timeout },
  );
const written = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as Writing).acknowledged.length);

/** Ends the writing and answers what was acknowledged, and what was refused if anything was. */
const finish = (page: Page): Promise<{ acknowledged: string[]; failed: string | undefined }> =>
  page.evaluate(() => {
    const state = globalThis as unknown as Writing;
    state.enough = true;
    return { acknowledged: state.acknowledged, failed: state.failed };
  });

/** Number of revisions of every file below a folder, by path. */
const revisionsBelow = (page: Page, folder: string): Promise<Record<string, number>> =>
  page.evaluate(async (below) => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list(below, { limit: 10_000 });
    const counts: Record<string, number> = {};
    for (const { path } of listed.ok ? listed.value.entries : []) {
      const history = await allod.list(path, { history: true });
      counts[path] = history.ok ? history.value.entries.length : -1;
    }
    return counts;
  }, folder);

const faultOf = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const checked = await (globalThis as unknown as Console).allod.call('verify', {});
    return checked.ok ? (checked.value as Values['verify']).fault : checked.error;
  });

const onceEach = async (page: Page, folder: string, acknowledged: readonly string[]): Promise<void> => {
  const counts = await revisionsBelow(page, folder);
  expect(acknowledged.filter((path) => counts[path] !== 1)).toEqual([]);
};

test('[A23] [S2] [S8] the lock is stolen again and again while two tabs write: nothing is refused, lost or there twice', async ({
  context,
}) => {
  const one = await open(context);
  const two = await open(context);
  const thief = await bare(context);
  const { epoch } = await kernelOf(one);
  await keepWriting(one, '/workspace/one');
  await keepWriting(two, '/workspace/two');
  for (let round = 1; round <= 4; round++) {
    const [a, b] = await Promise.all([written(one), written(two)]);
    await Promise.all([more(one, a + 7), more(two, b + 7)]);
    await thief.evaluate(() => navigator.locks.request('allod:main:kernel', { steal: true }, () => undefined));
    // Each waits for writes that only the next kernel can acknowledge.
    await expect.poll(async () => (await kernelOf(two)).epoch).toBe(epoch + round);
  }
  const [a, b] = await Promise.all([written(one), written(two)]);
  await Promise.all([more(one, a + 7), more(two, b + 7)]);
  const [first, second] = [await finish(one), await finish(two)];
  expect([first.failed, second.failed]).toEqual([undefined, undefined]);
  await onceEach(two, '/workspace/one', first.acknowledged);
  await onceEach(one, '/workspace/two', second.acknowledged);
  expect(await faultOf(one)).toBeUndefined();
});

test('[A23] [S2] [S8] the leader is frozen while both write, stolen from, and wakes: it follows, and nothing is there twice', async ({
  context,
}) => {
  const leader = await open(context);
  const other = await open(context);
  const { epoch } = await kernelOf(other);
  const worker = await attachKernelWorker(leader);
  await worker.send('Debugger.enable');
  const witness = await bare(context);
  // Frozen between two transactions: one that is open would keep everybody out until the browser ends it.
  for (;;) {
    const paused = worker.next('Debugger.paused');
    await worker.send('Debugger.pause');
    await paused;
    if (await canWrite(witness)) break;
    await worker.send('Debugger.resume');
  }
  await keepWriting(leader, '/workspace/one');
  await keepWriting(other, '/workspace/two');
  await more(other, 20, 40_000);
  expect((await kernelOf(other)).epoch).toBe(epoch + 1);
  const before = await written(leader);
  await worker.send('Debugger.resume');
  await more(leader, before + 10);
  const [first, second] = [await finish(leader), await finish(other)];
  expect([first.failed, second.failed]).toEqual([undefined, undefined]);
  expect((await kernelOf(leader)).epoch).toBe(epoch + 1);
  await onceEach(other, '/workspace/one', first.acknowledged);
  await onceEach(leader, '/workspace/two', second.acknowledged);
  expect(await faultOf(leader)).toBeUndefined();
});

test('[A36] [J7] the disk is full: refused in words, nothing half-written, reading works, and room mends it', async ({
  context,
}) => {
  // Before the database is first used: the browser asks for what is left of the room only now and then.
  const session = await context.newCDPSession(await bare(context));
  const { origin } = new URL(app.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20_000_000 });
  const page = await open(context);
  const filled = await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    for (let n = 0; n < 60; n++) {
      const content = crypto.getRandomValues(new Uint8Array(60_000));
      const blob = new Uint8Array(1_000_000).map((_, i) => (content[i % 60_000] ?? 0) ^ (i >> 8));
      const done = await allod.write(
        [
          { op: 'put', path: `/workspace/fill/${n}.bin`, content: blob },
          { op: 'put', path: `/workspace/fill/${n}.md`, content: `with ${n}` },
        ],
        { message: 'fill' },
      );
      if (!done.ok) return { n, error: done.error };
    }
    return { n: 60, error: undefined };
  });
  expect(filled.error).toMatchObject({ code: 'ENOSPC', message: expect.stringContaining('Nothing was written') });
  const names = async (): Promise<string[]> => Object.keys(await revisionsBelow(page, '/workspace/fill')).sort();
  const whole = Array.from({ length: filled.n }, (_, n) => [`/workspace/fill/${n}.bin`, `/workspace/fill/${n}.md`]);
  expect(await names()).toEqual(whole.flat().sort());
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  const again = await page.evaluate(
    (path) =>
      (globalThis as unknown as Console).allod.write([{ op: 'put', path, content: 'room' }], { message: 'room' }),
    '/workspace/fill/after.md',
  );
  expect(again.ok).toBe(true);
  expect(await faultOf(page)).toBeUndefined();
  await page.reload();
  await ready(page);
  expect(await names()).toEqual([...whole.flat(), '/workspace/fill/after.md'].sort());
});

test('[A39] [S7] a newer version takes the database: both tabs say so, and nothing written is lost', async ({
  context,
}) => {
  const [one, two] = [await open(context), await open(context)];
  await keepWriting(one, '/workspace/one');
  await more(one, 20);
  const other = await bare(context);
  await other.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const asked = indexedDB.open('allod:main', 1000);
        asked.onerror = () => reject(new Error('not opened'));
        asked.onsuccess = () => {
          asked.result.close();
          resolve();
        };
      }),
  );
  for (const page of [one, two])
    await expect(page.getByText('A newer version of Allod has opened').first()).toBeVisible();
  const { acknowledged } = await finish(one);
  expect(acknowledged.length).toBeGreaterThan(20);
  // This build is the older one now: it does not touch what the newer one keeps.
  await one.reload();
  await expect(one.getByText('A newer version of Allod has opened').first()).toBeVisible();
  const text = await other.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const asked = indexedDB.open('allod:main');
        asked.onsuccess = () => {
          const rows = asked.result.transaction('journal').objectStore('journal').getAll();
          rows.onsuccess = () =>
            resolve((rows.result as { b: Uint8Array }[]).map(({ b }) => new TextDecoder('latin1').decode(b)).join(''));
        };
      }),
  );
  const missing = acknowledged.filter((_, n) => !text.includes(`number ${n}`));
  expect(missing).toEqual([]);
});

for (const how of ['another page deletes it', 'the browser clears it'] as const)
  test(`[A38] [S7] the database is gone, because ${how}: every tab says so, and the new one is not taken for the old`, async ({
    context,
  }) => {
    const [one, two] = [await open(context), await open(context)];
    await keepWriting(two, '/workspace/two');
    await more(two, 10);
    // What was here is remembered from now on.
    await two.waitForFunction(() => localStorage.getItem('allod:workspace') !== null);
    if (how === 'another page deletes it') {
      await (
        await bare(context)
      ).evaluate(
        () =>
          new Promise<void>((resolve, reject) => {
            const asked = indexedDB.deleteDatabase('allod:main');
            asked.onerror = () => reject(new Error('not deleted'));
            asked.onsuccess = () => resolve();
          }),
      );
    } else {
      const session = await context.newCDPSession(one);
      await session.send('Storage.clearDataForOrigin', { origin: new URL(app.url).origin, storageTypes: 'indexeddb' });
    }
    for (const page of [one, two]) await expect(page.getByText('was removed from this browser').first()).toBeVisible();
    const left = await one.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(left).not.toContain('allod:main');
    await one.reload();
    await ready(one);
    await expect(one.getByText('This is a new, empty workspace')).toBeVisible();
    await one.getByRole('button', { name: 'I know' }).click();
    await one.reload();
    await ready(one);
    await one.waitForFunction(
      async () =>
        (JSON.parse(localStorage.getItem('allod:workspace') ?? '{}') as { device?: string }).device ===
        (await (globalThis as unknown as Console).allod
          .read('/proc/kernel')
          .then((read) => (read.ok ? (JSON.parse(String(read.value.content)) as { device: string }).device : ''))),
    );
    await expect(one.getByText('This is a new, empty workspace')).toBeHidden();
  });
