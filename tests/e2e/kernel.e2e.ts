// What only a real browser decides: one kernel for many tabs, hand-over when its tab dies, nothing acknowledged lost
// when a renderer is killed, one approval from two tabs, typing into one file from two tabs.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { dist, go, ready, type Console } from './cockpit.ts';

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

const kernelOf = (page: Page): Promise<{ epoch: number; entries: number }> =>
  page.evaluate(async () => {
    const read = await (globalThis as unknown as Console).allod.read('/proc/kernel');
    if (!read.ok) throw new Error(read.error.message);
    return JSON.parse(String(read.value.content));
  });

/** Writes numbered files until told otherwise; remembers each that was acknowledged. */
const keepWriting = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const state = globalThis as unknown as Console & { acknowledged: number[]; enough?: boolean };
    state.acknowledged = [];
    void (async () => {
      for (let n = 0; !state.enough; n++) {
        const done = await state.allod.write(
          [{ op: 'put', path: `/workspace/n/${n}.md`, content: `number ${n}`, base: null }],
          { message: `file ${n}` },
        );
        if (!done.ok) throw new Error(JSON.stringify(done.error));
        state.acknowledged.push(n);
      }
    })();
  });

const numbersOnDisk = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const listed = await (globalThis as unknown as Console).allod.list('/workspace/n', { limit: 10_000 });
    return listed.ok
      ? listed.value.entries.map((stat) => Number(/(\d+)\.md/.exec(stat.path)?.[1])).sort((a, b) => a - b)
      : [];
  });

test("[S2] the leader tab is closed in the middle of another tab's writes: all land, each once", async ({
  context,
}) => {
  const leader = await open(context);
  const follower = await open(context);
  const { epoch } = await kernelOf(follower);
  await keepWriting(follower);
  await follower.waitForFunction(() => (globalThis as unknown as { acknowledged: number[] }).acknowledged.length > 20);
  const before = Date.now();
  await leader.close();
  const count = await follower.evaluate(
    () => (globalThis as unknown as { acknowledged: number[] }).acknowledged.length,
  );
  await follower.waitForFunction(
    (n) => (globalThis as unknown as { acknowledged: number[] }).acknowledged.length > n + 20,
    count,
  );
  test.info().annotations.push({ type: 'hand-over and 20 writes, ms', description: String(Date.now() - before) });
  await follower.evaluate(() => void ((globalThis as unknown as { enough: boolean }).enough = true));
  expect((await kernelOf(follower)).epoch).toBe(epoch + 1);
  const acknowledged = await follower.evaluate(
    () => (globalThis as unknown as { acknowledged: number[] }).acknowledged,
  );
  const there = await numbersOnDisk(follower);
  expect(there.slice(0, acknowledged.length)).toEqual(acknowledged);
  // Each write made one revision, also those that were asked twice.
  const revisions = await follower.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list('/workspace/n', { limit: 10_000 });
    const counts = await Promise.all(
      (listed.ok ? listed.value.entries : []).map(async ({ path }) => allod.list(path, { history: true })),
    );
    return counts.map((history) => (history.ok ? history.value.entries.length : -1));
  });
  expect(revisions.every((n) => n === 1)).toBe(true);
});

test('[J6] the renderer is killed while it writes: nothing acknowledged is lost, and the chain holds', async ({
  context,
}) => {
  const victim = await open(context);
  const witness = await context.newPage();
  let acknowledged = -1;
  await victim.exposeFunction('heard', (n: number) => void (acknowledged = n));
  await victim.evaluate(() => {
    const { allod, heard } = globalThis as unknown as Console & { heard(n: number): void };
    void (async () => {
      for (let n = 0; ; n++) {
        const done = await allod.write(
          [{ op: 'put', path: `/workspace/n/${n}.md`, content: `number ${n}`, base: null }],
          { message: `file ${n}` },
        );
        if (done.ok) heard(n);
      }
    })();
  });
  await expect.poll(() => acknowledged).toBeGreaterThan(50);
  const session = await context.newCDPSession(victim);
  // Never answered: whoever should answer is dead.
  void session.send('Page.crash').catch(() => undefined);
  await victim.waitForEvent('crash');
  await witness.goto(app.url);
  await ready(witness);
  const there = await numbersOnDisk(witness);
  expect(there.length).toBeGreaterThan(acknowledged);
  expect(there).toEqual(there.map((_, n) => n));
  for (const n of [0, acknowledged]) {
    const read = await witness.evaluate(
      (path) => (globalThis as unknown as Console).allod.read(path),
      `/workspace/n/${n}.md`,
    );
    expect(read).toMatchObject({ ok: true, value: { content: `number ${n}` } });
  }
});

test("[A13] [C7] what the operator proposed is not the operator's to decide", async ({ context }) => {
  const page = await open(context);
  const proposal = await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const made = await allod.propose({
      changes: [{ op: 'put', path: '/workspace/log.txt', content: 'done' }],
      rationale: 'To see',
      reversibility: 'reversible',
    });
    const read = await allod.read(`/system/proposals/${made.ok ? made.value.id : ''}.json`);
    return read.ok ? (JSON.parse(String(read.value.content)) as Proposal) : undefined;
  });
  expect(proposal?.by).toBe('operator');
  const decided = await page.evaluate(
    ([id, hash]) => (globalThis as unknown as Console).allod.call('decide', { id, verdict: 'approve', hash }),
    [proposal?.id ?? '', proposal?.hash ?? ''] as const,
  );
  expect(decided).toMatchObject({ ok: false, error: { code: 'EACCES' } });
});

test('[A14] [C3] two tabs approve one proposal at the same moment: it is done once', async ({ context }) => {
  test.setTimeout(90_000);
  const one = await open(context);
  await one.getByRole('button', { name: 'Rehearse' }).first().click();
  await one.getByRole('button', { name: /Install, activate and rehearse/ }).click();
  await expect(one.getByRole('link', { name: /Inbox/ }).first()).toContainText('1', { timeout: 30_000 });
  const two = await open(context);
  const proposal = await one.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list('/system/proposals');
    const read = await allod.read((listed.ok && listed.value.entries[0]?.path) || '');
    return read.ok ? (JSON.parse(String(read.value.content)) as Proposal) : undefined;
  });
  const decide = (page: Page) =>
    page.evaluate(
      ([id, hash]) => (globalThis as unknown as Console).allod.call('decide', { id, verdict: 'approve', hash }),
      [proposal?.id ?? '', proposal?.hash ?? ''] as const,
    );
  const answers = await Promise.all([decide(one), decide(two), decide(one)]);
  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  expect(answers.filter((answer) => !answer.ok && answer.error.code === 'EBUSY')).toHaveLength(2);
  const narrative = await two.evaluate(async () => {
    const read = await (globalThis as unknown as Console).allod.read(
      `/system/narrative/${new Date().toISOString().slice(0, 10)}.md`,
    );
    return read.ok ? String(read.value.content) : '';
  });
  expect(narrative.match(/Korvane raises its price/g)).toHaveLength(1);
});

test('[F10] one file open in two tabs: both see both, and a third reader reads it after it is sealed', async ({
  context,
}) => {
  const [one, two] = [await open(context), await open(context)];
  await one.evaluate(() =>
    (globalThis as unknown as Console).allod.write(
      [{ op: 'put', path: '/workspace/shared.md', content: 'first line\n' }],
      { message: 'Shared' },
    ),
  );
  for (const page of [one, two]) {
    await go(page, '#/files/workspace/shared.md');
    await page.getByRole('textbox', { name: /shared\.md/ }).click();
    await page.keyboard.press('Control+End');
  }
  await one.bringToFront();
  await one.getByRole('textbox', { name: /shared\.md/ }).click();
  await one.keyboard.press('Control+End');
  await one.keyboard.type('from one ');
  await expect(two.getByRole('textbox', { name: /shared\.md/ })).toContainText('from one');
  await two.bringToFront();
  await two.getByRole('textbox', { name: /shared\.md/ }).click();
  await two.keyboard.press('Control+End');
  await two.keyboard.type('from two');
  await expect(one.getByRole('textbox', { name: /shared\.md/ })).toContainText('from one from two');
  await expect
    .poll(() =>
      one.evaluate(async () => {
        const read = await (globalThis as unknown as Console).allod.read('/workspace/shared.md');
        return read.ok ? read.value.content : '';
      }),
    )
    .toBe('first line\nfrom one from two');
});
