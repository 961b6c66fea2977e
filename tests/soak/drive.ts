// What the soak does in the browser: a batch of calls in a page, typing in the editor, tabs that open and close, and the
// kernel handed from one tab to the other and back.
import { expect } from '@playwright/test';
import type { BrowserContext, Page } from 'playwright';
import type { Change } from '../../kernel/protocol/files.ts';
import type { Stub } from '../../kernel/protocol/stub.ts';
import { ROOT, type Done, type Order } from './work.ts';

type Console = { allod: Stub };

export const openApp = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.waitForFunction(
    async () => (await (globalThis as unknown as Console).allod?.list('/workspace'))?.ok === true,
  );
};

/** Makes these calls one after another; answers how long each took. */
export const carryOut = (page: Page, orders: Order[]): Promise<Done[]> =>
  page.evaluate(async (list) => {
    const { allod } = globalThis as unknown as Console;
    const based = async (change: Change): Promise<Change> => {
      if (change.op !== 'put' || change.base !== undefined) return change;
      const read = await allod.read(change.path);
      return { ...change, base: read.ok ? read.value.stat.revision : null };
    };
    const former = async (path: string) => {
      const history = await allod.list(path, { history: true, limit: 10 });
      const at = history.ok ? history.value.entries.at(-1)?.id : undefined;
      return allod.read(path, at === undefined ? {} : { at });
    };
    const done: Done[] = [];
    for (const order of list) {
      const start = performance.now();
      const answer =
        order.t === 'write'
          ? await allod.write(await Promise.all(order.changes.map(based)), { message: order.kind })
          : order.t === 'search'
            ? await allod.search(order.query, { under: '/workspace' })
            : order.t === 'history'
              ? await allod.list(order.path, { history: true, limit: 50 })
              : order.t === 'former'
                ? await former(order.path)
                : await allod[order.t](order.path);
      done.push({
        kind: order.t === 'write' ? order.kind : order.t,
        ms: performance.now() - start,
        ...(answer.ok ? {} : { error: `${JSON.stringify(order).slice(0, 200)}: ${answer.error.message}` }),
      });
    }
    return done;
  }, orders);

const TYPED = `${ROOT}/typed.md`;

/** Opens a file in the editor, types over what is there, leaves, and checks what was kept. */
export const typeSome = async (page: Page, words: string): Promise<void> => {
  await page.evaluate(async (path) => {
    const { allod } = globalThis as unknown as Console;
    if (!(await allod.read(path)).ok)
      await allod.write([{ op: 'put', path, content: 'empty\n', base: null }], { message: 'To type in' });
  }, TYPED);
  await page.evaluate((to) => void (location.hash = to), `#/files${TYPED}`);
  await page.getByRole('textbox', { name: /typed\.md/ }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(words);
  await page.evaluate(() => void (location.hash = '#/home'));
  await expect
    .poll(
      () =>
        page.evaluate(async (path) => {
          const read = await (globalThis as unknown as Console).allod.read(path);
          return read.ok ? read.value.content : read.error.message;
        }, TYPED),
      { timeout: 30_000 },
    )
    .toBe(words);
};

const epochOf = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const read = await (globalThis as unknown as Console).allod.read('/proc/kernel');
    return read.ok ? (JSON.parse(String(read.value.content)) as { epoch: number }).epoch : 0;
  });

/** A second tab opens, works, takes the kernel over, works, and closes: the first leads again, in the worker it had. */
export const handOver = async (
  context: BrowserContext,
  first: Page,
  url: string,
  batch: () => Order[],
): Promise<Done[]> => {
  const second = await context.newPage();
  await openApp(second, url);
  const done = await carryOut(second, batch());
  const epoch = await epochOf(first);
  await first.evaluate(() => navigator.locks.request('allod:main:kernel', { steal: true }, () => undefined));
  await expect.poll(() => epochOf(first), { timeout: 60_000 }).toBe(epoch + 1);
  done.push(...(await carryOut(first, batch())));
  await second.close();
  done.push(...(await carryOut(first, batch())));
  await expect.poll(() => epochOf(first), { timeout: 60_000 }).toBe(epoch + 2);
  return done;
};

/** Every file of the soak that is not what the model says, both ways, and what the check of the chain found. */
export const compare = (page: Page, files: ReadonlyMap<string, string>): Promise<string[]> =>
  page.evaluate(
    async ([root, typed, list]) => {
      const { allod } = globalThis as unknown as Console;
      const model = new Map(list);
      const wrong: string[] = [];
      const listed = await allod.list(root, { depth: 8, limit: 10_000 });
      for (const { path, kind } of listed.ok ? listed.value.entries : [])
        if (kind === 'file' && path !== typed && !model.has(path)) wrong.push(`${path} is there and should not be`);
      for (const [path, content] of model) {
        const read = await allod.read(path);
        if (!read.ok) wrong.push(`${path}: ${read.error.message}`);
        else if (read.value.content !== content) wrong.push(`${path} differs`);
      }
      const checked = await allod.call('verify', {});
      if (!checked.ok) wrong.push(`verify: ${checked.error.message}`);
      else if ((checked.value as { fault?: unknown }).fault) wrong.push(`verify: ${JSON.stringify(checked.value)}`);
      return wrong;
    },
    [ROOT, TYPED, [...files]] as const,
  );
