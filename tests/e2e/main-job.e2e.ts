// The whole job, as a stranger would do it: install a program from a URL on another origin, consent, drop in files, watch
// two agents build on each other's work, approve one act, pull the plug, reopen offline, edit, revert, deactivate.
// Then the same again without a key, in rehearsal. The README's screenshots are taken on the way.
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import type { RunRecord } from '../../kernel/protocol/formats/records.ts';
import { startHost } from '../servers/host.ts';
import { startMessages } from '../servers/messages.ts';
import { serveStatic } from '../servers/static.ts';
import { briefModel } from './brief-model.ts';
import {
  axeFindsNothing,
  complaintsOf,
  controlled,
  dist,
  dropFiles,
  go,
  hashes,
  ready,
  screenshot,
  type Console,
} from './cockpit.ts';

const changelog = (name: string): { name: string; path: string } => ({
  name: `${name.replace('@codemirror/', 'codemirror-')}.md`,
  path: fileURLToPath(new URL(`../../node_modules/${name}/CHANGELOG.md`, import.meta.url)),
});
const MATERIAL = [changelog('@codemirror/merge'), changelog('@codemirror/search'), changelog('@codemirror/state')];
const PROFILE = '/workspace/context/competitors/codemirror-merge/profile.md';
const KEY = 'sk-loopback-5f2a90c1';

const today = (): string =>
  new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }).format();

/** Closed run records: what ran, how it ended, and what it was told it used. */
const runs = (page: Page) =>
  page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list('/system/runs', { depth: 2 });
    if (!listed.ok) return [];
    const out: { id?: string; agent?: string; state?: string; recorded?: string; input: number; output: number }[] = [];
    for (const stat of listed.value.entries) {
      if (stat.kind === 'dir') continue;
      const read = await allod.read(stat.path);
      if (!read.ok) continue;
      const records = String(read.value.content)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RunRecord);
      const start = records.find((record) => record.t === 'start');
      const end = records.find((record) => record.t === 'end');
      out.push({
        ...(start ? { id: start.id } : {}),
        ...(start?.agent ? { agent: start.agent } : {}),
        ...(end ? { state: end.state } : {}),
        ...(start?.recorded ? { recorded: start.recorded } : {}),
        input: end?.usage.input ?? 0,
        output: end?.usage.output ?? 0,
      });
    }
    return out;
  });

/** Who wrote each revision of a file, newest first. */
const authors = (page: Page, path: string): Promise<string[]> =>
  page.evaluate(async (file) => {
    const listed = await (globalThis as unknown as Console).allod.list(file, { history: true });
    return listed.ok ? listed.value.entries.map((revision) => revision.actor) : [];
  }, path);

const textOf = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (file) => {
    const read = await (globalThis as unknown as Console).allod.read(file);
    return read.ok ? String(read.value.content) : `${read.error.code}`;
  }, path);

/** Plan → consent → install → activate, through the Programs room. */
async function installFrom(page: Page, url: string): Promise<void> {
  await go(page, '#/programs');
  await page.getByLabel('Install from a URL or a .zip').fill(url);
  await page.getByRole('button', { name: 'See plan' }).first().click();
  const plan = page.getByRole('article', { name: /Install competitor-brief/ });
  await expect(plan).toContainText('Plan only, nothing has changed');
  await expect(plan).toContainText('context/competitors/**');
  await expect(plan).toContainText('It does not ask to');
  await screenshot(page, 'plan');
  await plan.getByLabel('Activate it too').check();
  await plan.getByRole('button', { name: /Install and activate/ }).click();
  await expect(page.getByText('Active', { exact: true }).first()).toBeVisible();
}

test('[A1] [A3] [A4] [A14] [A24] [A29] [A30] [A31] [A32] the main job, on real input', async ({ page, context }) => {
  test.setTimeout(180_000);
  const complaints = await complaintsOf(page);
  const app = await serveStatic(dist);
  const elsewhere = await startHost({ directory: `${dist}/programs` });
  const model = await startMessages({ script: briefModel, key: KEY });

  await page.goto(app.url);
  await ready(page);
  await expect(page.getByRole('heading', { name: 'This room is empty, and it is yours.' })).toBeVisible();
  await screenshot(page, 'first-run');
  await axeFindsNothing(page);

  await installFrom(page, `${elsewhere.url}/competitor-brief.zip`);
  expect(elsewhere.requests.join()).toContain('/competitor-brief.zip');
  expect(await authors(page, '/workspace/agents/analyst/AGENT.md')).toEqual(['program:competitor-brief']);

  await go(page, '#/settings/models');
  await page.getByLabel('Address').fill(model.url);
  await page.getByRole('textbox', { name: 'Model' }).fill('claude-sonnet-5-5');
  await page.getByLabel('Key', { exact: true }).fill(KEY);
  await page.getByText('Price, so that runs can say what they cost').click();
  await page.getByLabel('Dollars for a million tokens in').fill('3');
  await page.getByLabel('Dollars for a million tokens out').fill('15');
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(page.getByText('claude-sonnet-5-5 is connected.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByText('I am here, and I can see your workspace.').first()).toBeVisible();
  await axeFindsNothing(page);

  // Three real texts. The inbox job fires by itself, and the writer's job when the profiles change.
  await go(page, '#/');
  await dropFiles(page, MATERIAL);
  await expect(page.getByText('Dropped into the inbox').first()).toBeVisible();
  const table = page.getByRole('table', { name: 'Profiles' }).filter({ hasText: 'codemirror-merge' });
  await expect(table).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: `Briefing ${today()}` })).toBeVisible({ timeout: 30_000 });
  await expect
    .poll(async () =>
      (await runs(page))
        .filter((run) => run.state === 'done')
        .map((run) => `${run.agent}`)
        .toSorted((a, b) => (a < b ? -1 : 1)),
    )
    .toEqual(['analyst', 'shell', 'writer']);

  // Each wrote its own; they met only in files.
  expect(await authors(page, PROFILE)).toEqual(['agent:analyst']);
  expect(await authors(page, `/workspace/briefings/${today()}.md`)).toEqual(['agent:writer']);
  const merge = /^#+ (\d+\.\d+\.\d+)/m.exec(await textOf(page, '/workspace/inbox/codemirror-merge.md'))?.[1];
  expect(merge).toBeDefined();
  expect(await textOf(page, PROFILE)).toContain(`stage: version ${merge}`);
  expect(await textOf(page, `/workspace/briefings/${today()}.md`)).toContain(`codemirror-merge is at ${merge}`);
  const told = model.totals();
  const used = (await runs(page)).reduce(
    (sum, run) => ({ input: sum.input + run.input, output: sum.output + run.output }),
    { input: 0, output: 0 },
  );
  expect(used).toEqual({ input: told.input_tokens, output: told.output_tokens });
  await screenshot(page, 'home');
  await screenshot(page, 'home', 360);
  await axeFindsNothing(page);

  // One consequential act, approved with a double click, done once.
  await go(page, '#/inbox');
  await page
    .getByRole('link', { name: /Tell the operator about the briefing/ })
    .first()
    .click();
  const deed = page.getByRole('article', { name: /Tell the operator about the briefing/ });
  await expect(deed).toContainText('The briefing is ready');
  await screenshot(page, 'inbox');
  await screenshot(page, 'inbox', 360, 'dark');
  await axeFindsNothing(page);
  await deed.getByRole('button', { name: /^Approve/ }).dblclick();
  await expect(page.getByText('Approved and done').first()).toBeVisible();
  await expect(page.getByText('The briefing is ready. Read /workspace/briefings/')).toBeVisible();
  const narrative = await textOf(page, `/system/narrative/${new Date().toISOString().slice(0, 10)}.md`);
  expect(narrative.match(/The briefing is ready/g) ?? []).toHaveLength(1);

  // Every step of a run can be read.
  await go(page, '#/agents');
  await expect(
    page.getByText('Watches competitors').or(page.getByText('keeps one sourced profile')).first(),
  ).toBeVisible();
  await screenshot(page, 'agents');
  await axeFindsNothing(page);
  await go(page, `#/agents/${(await runs(page)).find((run) => run.agent === 'analyst')?.id}`);
  await expect(page.getByText('I write the profiles.')).toBeVisible();
  await screenshot(page, 'run', 360);
  await axeFindsNothing(page);

  // The plug is pulled: no server, no network, a fresh page.
  await controlled(page);
  const before = await hashes(page, '/workspace');
  await app.close();
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  expect(await hashes(page, '/workspace')).toEqual(before);
  await go(page, '#/');
  await expect(page.getByRole('table', { name: 'Profiles' }).filter({ hasText: 'codemirror-merge' })).toBeVisible();

  // Offline, the command line is real bash, and makes the same kind of entry as a click.
  const bash = await page.evaluate(() =>
    (globalThis as unknown as Console).allod.fire({
      kind: 'bash',
      script: 'grep -l version context/competitors/*/profile.md | wc -l > count.txt; cat count.txt',
    }),
  );
  expect(bash).toMatchObject({
    ok: true,
    value: { state: 'done', result: { stdout: expect.stringContaining('3'), code: 0 } },
  });
  expect(await authors(page, '/workspace/count.txt')).toEqual(['operator']);

  // Edit a profile in the editor, then take the earlier version back from its history.
  const original = await textOf(page, PROFILE);
  await go(page, `#/files${PROFILE}`);
  const editor = page.getByRole('textbox', { name: /profile\.md/ });
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('Checked by hand.');
  await expect.poll(() => textOf(page, PROFILE)).toBe(`${original}Checked by hand.`);
  expect(await authors(page, PROFILE)).toEqual(['operator', 'agent:analyst']);
  await page.getByRole('button', { name: 'History', exact: true }).click();
  await page.getByRole('button', { name: 'Edited in the editor' }).first().click();
  await screenshot(page, 'files');
  await axeFindsNothing(page);
  await page
    .getByRole('button', { name: /Restore the version before/ })
    .first()
    .click();
  await expect.poll(() => textOf(page, PROFILE)).toBe(original);
  expect(await authors(page, PROFILE)).toEqual(['operator', 'operator', 'agent:analyst']);

  // Deactivating takes the framing away and nothing else.
  const kept = await hashes(page, '/workspace');
  await go(page, '#/programs/competitor-brief');
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await expect(page.getByText('Installed, not active')).toBeVisible();
  expect(await hashes(page, '/workspace')).toEqual(kept);
  await go(page, '#/');
  await expect(page.getByText('Competitor desk')).toHaveCount(0);

  // The key is nowhere to be read.
  const everything = await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const found = await allod.search('sk-loopback-5f2a90c1', { mode: 'exact', under: '/' });
    const listed = await allod.call('secrets');
    return JSON.stringify([found, listed, await allod.read('/proc/calls')]);
  });
  expect(everything).not.toContain(`${KEY}"`);
  expect(everything).toContain('"total":0');

  await context.setOffline(false);
  await elsewhere.close();
  await model.close();
  expect(complaints.filter((line) => !/Failed to load resource|ERR_INTERNET_DISCONNECTED|net::/.test(line))).toEqual(
    [],
  );
});

test('[A23] [A32] the same in rehearsal, without a key: recorded answers drive the real kernel', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const complaints = await complaintsOf(page);
  const app = await serveStatic(dist);
  await page.goto(app.url);
  await ready(page);
  await page.getByRole('button', { name: 'Rehearse' }).first().click();
  await page.getByRole('button', { name: /Install, activate and rehearse/ }).click();
  await expect
    .poll(async () => (await runs(page)).filter((run) => run.state === 'done' && run.recorded).length, {
      timeout: 60_000,
    })
    .toBe(3);
  expect(await authors(page, '/workspace/context/competitors/korvane/profile.md')).toEqual(['agent:analyst']);
  await go(page, '#/');
  await expect(page.getByRole('table', { name: 'Profiles' }).filter({ hasText: 'Korvane' })).toBeVisible();
  await expect(page.getByText('Recorded').first()).toBeVisible();

  // Without a network and without a server: find, and decide.
  await controlled(page);
  await app.close();
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  const found = await page.evaluate(() =>
    (globalThis as unknown as Console).allod.search('workshop plan', { under: '/workspace/context' }),
  );
  expect(found.ok && found.value.hits[0]?.path).toBe('/workspace/context/competitors/korvane/profile.md');
  await go(page, '#/inbox');
  await page
    .getByRole('link', { name: /Tell the operator about the new briefing/ })
    .first()
    .click();
  const deed = page.getByRole('article', { name: /Tell the operator about the new briefing/ });
  await expect(deed).toContainText('Recorded');
  await deed.getByRole('button', { name: /^Approve/ }).click();
  await expect(page.getByText('Approved and done').first()).toBeVisible();
  expect(complaints.filter((line) => !/net::|Failed to load resource/.test(line))).toEqual([]);
});
