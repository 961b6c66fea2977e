// The pages of the journal file system, as only a browser shows them: searching by keyboard, a large folder, two versions
// side by side, and the states that need a damaged or divided journal, which are answered in the kernel's place.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { axeFindsNothing, complaintsOf, go, ready, screenshot, SIZES, type Console } from './cockpit.ts';
import { answerCalls, type Fake } from './fake-calls.ts';

/** Puts texts as one change set each, in this order; a path given twice gets two revisions. */
const put = (page: Page, texts: { path: string; content: string; message: string }[]): Promise<void> =>
  page.evaluate(async (list) => {
    const { allod } = globalThis as unknown as Console;
    for (const { path, content, message } of list) {
      const now = await allod.read(path, { length: 1 });
      const base = now.ok ? now.value.stat.revision : null;
      const written = await allod.write([{ op: 'put', path, content, base }], { message });
      if (!written.ok) throw new Error(written.error.message);
    }
  }, texts);

test('search by keyboard: from anywhere to a word, into the results, to its line; a bad pattern says why', async ({
  page,
}) => {
  const complaints = await complaintsOf(page);
  await page.goto('/');
  await ready(page);
  await put(page, [
    { path: '/workspace/context/a.md', content: '# A\n\nThe harbour opens at seven.\n', message: 'A' },
    { path: '/workspace/context/b.md', content: 'Harbours, and their prices.\n', message: 'B' },
  ]);
  await page.keyboard.press('Control+Shift+F');
  await expect(page.getByRole('searchbox', { name: 'Search for' })).toBeFocused();
  await page.keyboard.type('harbour');
  const found = page.getByRole('list', { name: 'Found' });
  await expect(found.getByRole('link')).toHaveCount(2);
  await expect(found.locator('mark')).toHaveText([/^harbour$/i, /^harbour$/i]);
  await axeFindsNothing(page);
  await screenshot(page, 'search');
  await screenshot(page, 'search', 360, 'dark');

  await page.getByRole('searchbox', { name: 'Search for' }).fill('opens seven');
  await expect(found.getByRole('link')).toHaveCount(1);
  await page.getByRole('searchbox', { name: 'Search for' }).press('ArrowDown');
  await expect(found.getByRole('link').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/files\/workspace\/context\/a\.md\?line=3$/);

  await go(page, '#/search?query=%28harbour&mode=regex');
  await expect(page.getByRole('heading', { name: 'This is not a regular expression' })).toBeVisible();
  await page.getByRole('button', { name: 'Search for exactly these signs' }).click();
  await expect(page.getByRole('heading', { name: /Nothing was found for/ })).toBeVisible();
  await axeFindsNothing(page);
  expect(complaints).toEqual([]);
});

test('[F20] search in former versions by the real kernel: what a removed file said is found, and opens as it was', async ({
  page,
}) => {
  const complaints = await complaintsOf(page);
  await page.goto('/');
  await ready(page);
  await put(page, [
    { path: '/workspace/context/tide.md', content: 'Low water at nine.\n', message: 'First' },
    { path: '/workspace/context/tide.md', content: 'High water at four.\n', message: 'Second' },
    { path: '/workspace/context/gone.md', content: 'Low bridge ahead.\n', message: 'Gone' },
  ]);
  await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    await allod.write([{ op: 'remove', path: '/workspace/context/gone.md' }], { message: 'Not needed' });
  });
  const found = page.getByRole('list', { name: 'Found' }).getByRole('link');
  await go(page, '#/search?query=low');
  await expect(page.getByRole('heading', { name: /Nothing was found for/ })).toBeVisible();
  await go(page, '#/search?query=low&past=1');
  await expect(found).toHaveCount(2);
  await expect(found.filter({ hasText: 'gone.md' })).toBeVisible();
  await axeFindsNothing(page);
  await screenshot(page, 'search-past');
  await screenshot(page, 'search-past', 360, 'dark');
  await found.filter({ hasText: 'tide.md' }).click();
  await expect(page.getByText('Low water at nine.').first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a folder of 5,000 files draws what is in sight, and its last file is reached', async ({ page }) => {
  const complaints = await complaintsOf(page);
  await page.goto('/');
  await ready(page);
  await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const changes = Array.from({ length: 5_000 }, (_, n) => ({
      op: 'put' as const,
      path: `/workspace/big/file-${n}.md`,
      content: `# ${n}\n`,
      base: null,
    }));
    const written = await allod.write(changes, { message: 'Many' });
    if (!written.ok) throw new Error(written.error.message);
  });
  await go(page, '#/files/workspace/big');
  const rows = page.getByRole('list', { name: 'In big' });
  await expect(page.getByText('5,000 entries')).toBeVisible();
  await expect(rows.getByRole('link').first()).toContainText('file-0.md');
  expect(await rows.getByRole('link').count()).toBeLessThan(60);
  await rows.evaluate((el) => el.parentElement?.scrollTo({ top: el.parentElement.scrollHeight }));
  await expect(rows.getByRole('link').last()).toContainText('file-4999.md');
  await page.getByRole('treeitem', { name: 'big' }).locator('.t-row').click();
  await expect(page.getByRole('treeitem', { name: 'file-0.md' })).toBeVisible();
  expect(await page.getByRole('treeitem').count()).toBeLessThan(200);
  await axeFindsNothing(page);
  expect(complaints).toEqual([]);
});

test('any two versions are compared, as lines and side by side; the margin names both authors', async ({ page }) => {
  const complaints = await complaintsOf(page);
  await page.goto('/');
  await ready(page);
  const path = '/workspace/AGENTS.md';
  const first = await page.evaluate(async (at) => {
    const read = await (globalThis as unknown as Console).allod.read(at, { as: 'text' });
    return read.ok ? String(read.value.content) : '';
  }, path);
  await put(page, [
    { path, content: `${first}\nAnd a line of mine.\n`, message: 'One line' },
    { path, content: `${first}\nAnd two lines of mine.\nThis one too.\n`, message: 'Two lines' },
  ]);
  await go(page, `#/files${path}`);
  // Who wrote what stands in the margin: the setup and the operator.
  await expect(page.locator('.editor-host .cm-author-name', { hasText: 'setup' }).first()).toBeVisible();
  await expect(page.locator('.editor-host .cm-author-name', { hasText: 'you' }).first()).toBeVisible();

  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare versions of AGENTS.md' });
  await expect(dialog.locator('ins')).toHaveText(['And two lines of mine.', 'This one too.']);
  await dialog.getByLabel('This version').selectOption({ index: 2 });
  await expect(dialog.locator('ins')).toHaveText([/^$/, 'And two lines of mine.', 'This one too.']);
  await dialog.getByRole('button', { name: 'Side by side' }).click();
  await expect(dialog.getByLabel('The newer version')).toContainText('This one too.');
  await expect(dialog.getByLabel('The older version')).not.toContainText('This one too.');
  await axeFindsNothing(page);
  await screenshot(page, 'compare');
  expect(complaints).toEqual([]);
});

test('a version, a removed folder and what a bash line did are taken back', async ({ page }) => {
  await page.goto('/');
  await ready(page);
  const path = '/workspace/context/p.md';
  const textOf = (at: string): Promise<unknown> =>
    page.evaluate(async (wanted) => {
      const read = await (globalThis as unknown as Console).allod.read(wanted, { as: 'text' });
      return read.ok ? read.value.content : read.error.code;
    }, at);
  await put(page, [
    { path, content: 'one\ntwo\n', message: 'First' },
    { path, content: 'one\n2\n', message: 'Second' },
    { path: '/workspace/context/sub/q.md', content: 'q\n', message: 'Q' },
  ]);
  await go(page, `#/files${path}`);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'First', exact: true }).click();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await expect.poll(() => textOf(path)).toBe('one\ntwo\n');

  await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const sub = '/workspace/context/sub';
    await allod.write(
      [
        { op: 'remove', path: `${sub}/q.md` },
        { op: 'remove', path: sub },
      ],
      { message: 'Gone' },
    );
    await allod.fire({ kind: 'bash', script: 'echo added >> context/p.md; echo new > context/new.md' });
  });
  await go(page, '#/files/workspace/context/sub');
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await expect(page.getByRole('list', { name: 'In sub' }).getByRole('link')).toContainText('q.md');

  await go(page, '#/files/workspace/context/new.md');
  await page.getByRole('button', { name: /^echo added/ }).click();
  await page.getByRole('button', { name: /^Undo what run/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo in 2 files' }).click();
  await expect(page.getByText(/^Run .* is undone in 2 files\.$/)).toBeVisible();
  expect(await textOf(path)).toBe('one\ntwo\n');
  expect(await textOf('/workspace/context/new.md')).toBe('ENOENT');
});

const divided: Fake = (name, args) => {
  const at = '2026-11-27T08:00:00Z';
  const ok = (value: unknown) => ({ ok: true, value });
  const stat = (path: string, conflict?: string) => ({
    path,
    kind: 'file',
    size: 30,
    revision: 'abc.1',
    actor: 'operator',
    at,
    attrs: {},
    as: 'blob',
    ...(conflict ? { conflict } : {}),
  });
  const path = String(args['path']);
  const words = 'Replaced on two devices at once. The other content is revision abc.9.';
  const logo = '/workspace/context/logo.txt';
  const conflict = {
    id: 'c1',
    kind: 'content',
    state: 'open',
    path: logo,
    words,
    at,
    by: 'operator',
    revision: 'abc.9',
  };
  if (name === 'list' && path === '/system/conflicts') return ok({ entries: [stat('/system/conflicts/c1.json')] });
  if (name === 'list' && path === '/workspace/context')
    return ok(args['history'] ? { entries: [] } : { entries: [stat(logo, words)] });
  if (name === 'list' && path === logo && args['history'])
    return ok({
      entries: [
        {
          id: 'abc.1',
          path: logo,
          op: 'put',
          actor: 'agent:analyst',
          at,
          message: 'New logo',
          run: '5e1f00',
          size: 30,
          hash: 'x',
        },
      ],
    });
  if (name === 'read' && path === '/system/conflicts/c1.json')
    return ok({ content: JSON.stringify(conflict), stat: stat(path) });
  if (name === 'read' && path === logo)
    return ok({ content: args['at'] ? 'of the laptop\n' : 'of the phone\n', stat: stat(path, words) });
  if (name === 'read' && path === '/workspace/AGENTS.md')
    return { ok: false, error: { code: 'EBADMSG', call: 'read', message: 'entry 3 is damaged' } };
  if (name === 'read' && path === '/proc/kernel')
    return ok({
      content: JSON.stringify({ readonly: { seq: 731, message: 'The journal is damaged at entry 731.' } }),
      stat: stat(path),
    });
  if (name === 'undo')
    return ok({
      revisions: [],
      files: [{ path: logo, what: 'changed' }],
      conflicts: [{ path: '/workspace/context/d.md', reason: 'You changed the same lines since.', actor: 'operator' }],
    });
  return undefined;
};

test('damage stands over every room; what is sound is saved, and the report names the rest', async ({ page }) => {
  await answerCalls(page, divided);
  await page.goto('/');
  await ready(page);
  await expect(page.getByRole('alert').filter({ hasText: 'open for reading only' })).toBeVisible();
  await go(page, '#/files');
  await expect(page.getByText('The journal is damaged at entry 731.')).toBeVisible();
  await page.setViewportSize(SIZES[360]);
  await axeFindsNothing(page);
  await page.setViewportSize(SIZES[1440]);
  await page.getByRole('link', { name: 'Save what is sound' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a copy of every file' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^allod-\d{4}-\d\d-\d\d\.zip$/);
  const files = unzipSync(readFileSync(await download.path()));
  expect(new TextDecoder().decode(files['workspace/agents/shell/AGENT.md'])).toContain('shell');
  expect(Object.keys(files)).not.toContain('workspace/AGENTS.md');
  expect(new TextDecoder().decode(files['allod-copy.txt'])).toContain('/workspace/AGENTS.md\n    EBADMSG');
  await expect(page.getByText('1 file could not be read:')).toBeVisible();
  await axeFindsNothing(page);
});

test('a conflict is counted, shown with both sides and on its file; a run is undone after it was shown what that does', async ({
  page,
}) => {
  await answerCalls(page, divided);
  await page.goto('/');
  await ready(page);
  await go(page, '#/inbox');
  await page.getByRole('link', { name: '1 conflict' }).click();
  const card = page.getByRole('article', { name: 'logo.txt' });
  await expect(card.locator('del')).toHaveText('of the laptop');
  await expect(card.locator('ins')).toHaveText('of the phone');
  await expect(card.getByRole('button', { name: 'Take the other' })).toBeVisible();
  await axeFindsNothing(page);
  await screenshot(page, 'conflicts');
  await screenshot(page, 'conflicts', 360, 'dark');

  await card.getByRole('link', { name: 'Open' }).click();
  await expect(page.getByText('Devices disagreed about this file.')).toBeVisible();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'New logo' }).click();
  await page.getByRole('button', { name: 'Undo what run 5e1f00 did' }).click();
  const dialog = page.getByRole('dialog', { name: 'Undo what run 5e1f00 did' });
  await expect(dialog.getByText('You changed the same lines since.')).toBeVisible();
  await axeFindsNothing(page);
  await screenshot(page, 'undo');
  await dialog.getByRole('button', { name: 'Undo in 1 file' }).click();
  await expect(
    page.getByText('Run 5e1f00 is undone in 1 file. 1 file could not be told apart and stayed.'),
  ).toBeVisible();
});
