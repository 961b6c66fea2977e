// Consent in the cockpit, over the real kernel: an agent that has read somebody else's words proposes a file, a look, a
// request and a server's tools. The operator sees exactly what, edits one, remembers one, and holds one back without a network.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { startMcp, type McpStandIn } from '../servers/mcp.ts';
import { startMessages, type MessagesServer } from '../servers/messages.ts';
import { startOutside, type Outside } from '../servers/outside.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { complaintsOf, connectModel, dist, go, looksRight, putFile, ready, textOf, type Console } from './cockpit.ts';
import { answerCalls, type Fake } from './fake-calls.ts';

const NOTE = '/workspace/context/note.md';
const LETTER = '/workspace/inbox/letter.md';

let app: StaticServer;
let model: MessagesServer;
let outside: Outside;
let mcp: McpStandIn;
let proposals: object[];
let complaints: string[];

const card = async (page: Page, title: string): Promise<Locator> => {
  await page
    .getByRole('navigation', { name: 'Proposals' })
    .getByRole('link', { name: new RegExp(title) })
    .first()
    .click();
  return page.getByRole('article', { name: title });
};

test.beforeEach(async ({ page }) => {
  [app, outside, mcp] = await Promise.all([serveStatic(dist), startOutside(), startMcp()]);
  const said = { text: 'I asked.' };
  model = await startMessages({
    script: (_seen, n) => {
      if (n === 0) return { tools: [{ name: 'read', input: { path: LETTER } }] };
      return n === 1 ? { tools: proposals.map((input) => ({ name: 'propose', input })) } : said;
    },
  });
  complaints = await complaintsOf(page);
  await page.goto(app.url);
  await ready(page);
  await connectModel(
    page,
    model.url,
    [
      'autonomy: bounded',
      'grants: { "agent:shell": { write: [/workspace/**] } }',
      `egress: ["${outside.url}", "${new URL(mcp.url).origin}"]`,
      `mcp: { own: { url: "${mcp.url}" } }`,
    ],
    { key: 'sk-0123456789', origins: [outside.url] },
  );
  await putFile(page, LETTER, 'Please order one.\n');
});
test.afterEach(async () => {
  await Promise.all([app.close(), model.close(), outside.close(), mcp.close()]);
  expect(complaints).toEqual([]);
});

test('[C9] [C10] [C11] what is asked is shown exactly, with what came from outside; it is changed, remembered, held back', async ({
  page,
  context,
}) => {
  const offer = await page.evaluate(async () => {
    const looked = await (globalThis as unknown as Console).allod.fire({ kind: 'mcp-tools', server: 'own' });
    return (looked as unknown as { value: { result: { offer: { digest: string } } } }).value.result.offer.digest;
  });
  const why = { rationale: 'The letter asks for it.', reversibility: 'reversible' };
  proposals = [
    { ...why, title: 'Write the note', changes: [{ op: 'put', path: NOTE, content: 'Order two.\n' }] },
    { ...why, title: 'Look at the shop', effect: { kind: 'http', method: 'GET', url: `${outside.url}/echo` } },
    {
      ...why,
      title: 'Order one',
      reversibility: 'costly',
      effect: {
        kind: 'http',
        method: 'POST',
        url: `${outside.url}/echo?live=1`,
        headers: { 'content-type': 'application/json' },
        body: '{"order":1}',
        secret: { name: 'KEY', header: 'x-key', prefix: 'Token ' },
        value: { usd: 12.5 },
      },
    },
    { ...why, title: 'Approve the tide tools', effect: { kind: 'mcp-tools', server: 'own', approve: offer } },
  ];
  await page.evaluate(() =>
    (globalThis as unknown as Console).allod.fire('/workspace/agents/shell', {
      args: { prompt: 'Look after the letter.', wait: true },
    }),
  );
  await go(page, '#/inbox');

  // Exactly this is sent: nothing of it is a summary.
  const order = await card(page, 'Order one');
  for (const text of [
    `POST ${outside.url}/echo?live=1`,
    'header content-type',
    '{"order":1}',
    'KEY, in the header x-key, after "Token "',
    '$12.50',
    'Before it asked, its run had read words that nobody here wrote.',
  ])
    await expect(order).toContainText(text);
  await expect(order.getByRole('link', { name: LETTER })).toBeVisible();
  await expect(order.getByRole('button', { name: 'Approve and remember' })).toHaveCount(0);
  await looksRight(page, 'inbox-order');

  // Changed first: another proposal with another seal, and the one that was asked is void.
  const seal = await order.locator('.seal code').textContent();
  await order.getByRole('button', { name: 'Change it first' }).click();
  const change = page.getByRole('dialog', { name: 'Change it first' });
  await looksRight(page, 'inbox-amend');
  await change.getByRole('button', { name: 'Show me what it becomes' }).click();
  await expect(change.getByRole('alert')).toContainText('Nothing is changed yet');
  await change.getByRole('textbox').fill('{"order":2}');
  await change.getByRole('button', { name: 'Show me what it becomes' }).click();
  await expect(change).toHaveCount(0);
  await expect(order).toContainText('{"order":2}');
  await expect(order).toContainText('You edited it.');
  await expect(order.locator('.seal code')).not.toHaveText(seal ?? '');

  // Without a network it is approved and waits; until it is sent it can be held back.
  await context.setOffline(true);
  await expect.poll(() => page.workers()[0]?.evaluate(() => navigator.onLine)).toBe(false);
  await order.getByRole('button', { name: /^Approve and send it/ }).click();
  await expect(order).toContainText('nothing is sent yet');
  await looksRight(page, 'inbox-offline');
  await order.getByRole('button', { name: 'Do not send it' }).click();
  await expect(order).toContainText('You rejected it');
  await context.setOffline(false);
  await expect.poll(() => page.workers()[0]?.evaluate(() => navigator.onLine)).toBe(true);
  expect(outside.requests).toEqual([]);

  // Remembered: it says what is granted, and policy then holds exactly that.
  const look = await card(page, 'Look at the shop');
  await look.getByRole('button', { name: 'Approve and remember' }).click();
  const remember = page.getByRole('dialog', { name: 'Approve and remember' });
  const line = `http GET ${outside.url}/echo as read`;
  await expect(remember).toContainText(line);
  await remember.getByLabel('For how long').selectOption('1 day');
  await looksRight(page, 'inbox-remember');
  await remember.getByRole('button', { name: 'Approve and remember for 1 day' }).click();
  await expect(look).toContainText('You approved it');
  await expect.poll(() => outside.requests.map(({ method }) => method)).toEqual(['GET']);
  expect(await textOf(page, '/system/policy.yaml')).toContain(line);

  // A file's text is edited as well, and only what it became is written.
  const note = await card(page, 'Write the note');
  await note.getByRole('button', { name: 'Change it first' }).click();
  await change.getByRole('textbox', { name: `Content of ${NOTE}` }).fill('Order none.\n');
  await change.getByRole('button', { name: 'Show me what it becomes' }).click();
  await expect(note).toContainText('You edited it.');
  await note.getByRole('button', { name: 'Approve and write 1 file' }).click();
  await expect(note).toContainText('You approved it');
  await expect.poll(() => textOf(page, NOTE)).toBe('Order none.\n');

  // Tools are read before they are approved.
  const tools = await card(page, 'Approve the tide tools');
  await expect(tools).toContainText(offer);
  await tools.getByRole('button', { name: 'Show the tools it offers now' }).click();
  await expect(tools).toContainText('This is exactly the offer that the proposal names.');
  await expect(tools).toContainText('get_tides');
  await looksRight(page, 'inbox-tools');
  await tools.getByRole('button', { name: /^Approve these tools/ }).click();
  await expect(tools).toContainText('You approved it');
  await expect.poll(() => textOf(page, '/system/mcp/own.json')).toContain('get_tides');
});

/** A call that a reviewer finds right, asked by an agent two below the first: it takes four agents to bring about. */
const reviewed: Fake = (name, args) => {
  const folder = '/system/proposals';
  const path = `${folder}/ab12cd34.json`;
  const at = new Date(Date.now() - 60_000).toISOString();
  const stat = { path, kind: 'file', size: 1, revision: 'r1', actor: 'agent:helper', at, attrs: {}, as: 'text' };
  if (name === 'list' && args['path'] === folder) return { ok: true, value: { entries: [stat] } };
  if (name !== 'read' || args['path'] !== path) return undefined;
  const proposal = {
    id: 'ab12cd34',
    by: 'agent:helper',
    title: 'Send the tides',
    effect: {
      kind: 'mcp',
      server: 'own',
      tool: 'send_mail',
      arguments: { to: 'a@b.example', text: 'High \u202eat 7' },
    },
    hash: '9c417be204fd9c417be204fd',
    rationale: 'They are due.',
    reversibility: 'irreversible',
    class: 'external-irreversible',
    waits: 'It was proposed for your decision.',
    createdAt: at,
    expiresAt: new Date(Date.now() + 3_000_000).toISOString(),
    state: 'pending',
    above: ['chief', 'scout'],
    reviews: [{ by: 'agent:checker', verdict: 'approve', at, reason: 'The times are right.' }],
    sources: [
      'GET https://tides.example/today',
      'get_tides of MCP server own',
      '/system/mcp/own.json',
      '/system/proposals/ffff0000.json',
      'what it read before the kernel stopped',
    ],
  };
  return { ok: true, value: { content: JSON.stringify(proposal), stat } };
};

test('[C8] [C11] whom it works for, what a reviewer said, and every kind of source stand on the card', async ({
  page,
}) => {
  await answerCalls(page, reviewed);
  await page.reload();
  await ready(page);
  await go(page, '#/inbox');
  const mail = await card(page, 'Send the tides');
  await expect(mail).toContainText('Call send_mail');
  // Turned round, a text would read otherwise than it is sent.
  await expect(mail.getByRole('group', { name: 'Arguments' })).toContainText('"text": "High ‹U+202E›at 7"');
  await expect(mail).toContainText('checker: finds it right. “The times are right.”');
  await expect(mail).toContainText(/chief\s*which asked\s*agent scout\s*which asked helper/);
  await expect(mail).toContainText('the answer of get_tides of MCP server own');
  await expect(mail).toContainText('how a server describes its tools: /system/mcp/own.json');
  await expect(mail.getByRole('link', { name: 'ffff0000' })).toHaveAttribute('href', /inbox\/ffff0000/);
  await expect(mail.getByRole('button', { name: 'Change it first' })).toBeVisible();
  await looksRight(page, 'inbox-reviewed');
});
