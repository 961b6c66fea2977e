// Hostile documents in a real Chromium, under the app's own content security policy and Trusted Types.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGE_CSP } from '../../kernel/boot/content-security.ts';
import { launchOptions } from '../../tests/browser.mjs';
import type { renderMarkdown } from './render-markdown.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const bundled = async (entry: string): Promise<string> => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: file(entry), formats: ['es'] } },
  });
  const [output] = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
  return output?.output[0].code ?? '';
};

let server: Server;
let browser: Browser;
let page: Page;
let fetched: string[] = [];

/** `parts` are the elements and attributes that stand in the document: `a`, `a@href`. */
type Shown = { html: string; text: string; parts: string[]; ran: unknown };
type Api = { renderMarkdown: typeof renderMarkdown };

/** Render into the live document, give everything that could fire a moment to do so, and report what stands there. */
const show = async (text: string, base = '/workspace/context/acme/profile.md'): Promise<Shown> => {
  fetched = [];
  return page.evaluate(
    async ([source, at]) => {
      const global = globalThis as unknown as { api: Api; ran: unknown };
      global.ran = undefined;
      const box = document.createElement('div');
      document.body.replaceChildren(box);
      box.append(
        global.api.renderMarkdown(source, at, ({ path, line }) => `#/files${path}${line ? `?line=${line}` : ''}`),
      );
      for (const details of box.querySelectorAll('details')) details.open = true;
      await new Promise((done) => setTimeout(done, 30));
      const parts = [...box.querySelectorAll('*')].flatMap(({ localName, attributes }) => [
        localName,
        ...[...attributes].map(({ name }) => `${localName}@${name}`),
      ]);
      return { html: box.innerHTML, text: box.textContent ?? '', parts, ran: global.ran };
    },
    [text, base] as const,
  );
};

beforeAll(async () => {
  const [widget, types] = await Promise.all([bundled('./render-markdown.ts'), bundled('../trusted-types.ts')]);
  const files: Record<string, [string, string]> = {
    '/': [
      'text/html',
      '<!doctype html><title>t</title><body><script type="module" src="/types.js"></script><script type="module" src="/main.js"></script>',
    ],
    '/types.js': ['text/javascript', types],
    '/widget.js': ['text/javascript', widget],
    '/main.js': ['text/javascript', 'import * as api from "/widget.js"; globalThis.api = api;'],
  };
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    fetched.push(path);
    const [type, body] = files[path] ?? ['text/plain', ''];
    response
      .writeHead(files[path] ? 200 : 404, { 'content-type': type, 'content-security-policy': PAGE_CSP })
      .end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await chromium.launch(launchOptions);
  page = await browser.newPage();
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('globalThis.api');
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((done) => server.close(done));
});

const HOSTILE: [string, string][] = [
  ['script', '<script>globalThis.ran = 1</script>'],
  ['event handler', '<img src=x onerror="globalThis.ran = 1">'],
  ['event handler in a link', '<a href="#" onclick="globalThis.ran=1" onmouseover=globalThis.ran=1>x</a>'],
  ['details that opens', '<details open ontoggle="globalThis.ran=1"><summary>x</summary>y</details>'],
  [
    'script address',
    '[x](javascript:globalThis.ran=1) <a href="java\nscript:globalThis.ran=1">y</a> <a href="&#106;avascript:globalThis.ran=1">z</a>',
  ],
  ['data document', '[x](data:text/html,<script>1</script>) <a href="data:text/html;base64,PHNjcmlwdD4x">y</a>'],
  [
    'svg script',
    '<svg><script>globalThis.ran=1</script><animate onbegin="globalThis.ran=1" attributeName=x dur=1s></svg>',
  ],
  ['svg link', '<svg><a xlink:href="javascript:globalThis.ran=1"><text>x</text></a></svg>'],
  [
    'svg foreignObject',
    '<svg><foreignObject><iframe srcdoc="<script>parent.ran=1</script>"></iframe></foreignObject></svg>',
  ],
  [
    'mathml mutation',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.ran=1&gt;">',
  ],
  ['noscript mutation', '<noscript><p title="</noscript><img src=x onerror=globalThis.ran=1>">'],
  ['template', '<template><img src=x onerror=globalThis.ran=1></template>'],
  ['frames', '<iframe src="/evil"></iframe><object data="/evil"></object><embed src="/evil"><portal src="/evil">'],
  [
    'base and meta',
    '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=/evil"><link rel=stylesheet href="/evil.css">',
  ],
  [
    'style',
    '<style>body { background: url(/evil) }</style><p style="position:fixed;inset:0;background:url(/evil)">x</p>',
  ],
  [
    'form',
    '<form action="/evil"><input name=q value=x autofocus onfocus=globalThis.ran=1><button>Approve</button></form>',
  ],
  ['clobbering', '<a id=api name=body></a><img name=cookie><form name=getElementById></form>'],
  [
    'dressed as ours',
    '<div class="scrim palette deed" id="root" role="dialog" aria-label="Approve" data-path="/system" popover>x</div>',
  ],
  ['markdown in html in markdown', '<div>\n\n**<img src=x onerror=globalThis.ran=1>**\n\n</div>'],
  ['code that is not code', '```html" onmouseover="globalThis.ran=1\n<script>globalThis.ran=1</script>\n```'],
  [
    'title that breaks out',
    '[x](https://a.example "\\"><img src=x onerror=globalThis.ran=1>") ![x](x "\\" onerror=\\"globalThis.ran=1")',
  ],
];

/** All that may be left of the documents above. */
const HARMLESS = new Set(
  'p div strong table tbody tr td pre pre@tabindex pre@role pre@aria-label code details details@open summary img img@alt img@title a a@href a@target a@rel a@title a@data-path'.split(
    ' ',
  ),
);

describe('[A28] hostile documents', () => {
  test.each(HOSTILE)('%s', async (_, text) => {
    const { html, parts, ran } = await show(text);
    expect(ran).toBeUndefined();
    expect(parts.filter((part) => !HARMLESS.has(part))).toEqual([]);
    expect(html).not.toMatch(/(?:href|src)="\s*(?:javascript|data:text|vbscript)/i);
    expect(html).not.toContain('data-path="/system"');
    expect(fetched.filter((path) => path.includes('evil'))).toEqual([]);
    expect(await page.title()).toBe('t');
  });

  test('no picture is fetched, not even before it is refused', async () => {
    const { html, text } = await show(
      '![chart](/evil.png) <img src="https://evil.example/pixel.gif" alt="pixel"> <img srcset="/evil-2.png 2x" src="//evil.example/a">',
    );
    expect(html).not.toContain('<img');
    expect(text).toContain('[picture not loaded: chart]');
    expect(text).toContain('[picture not loaded: pixel]');
    expect(fetched).toEqual([]);
  });

  test('a picture that is already here is shown, and an SVG in it cannot run', async () => {
    const svg = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" onload="parent.ran=1"><script>top.ran=1</script></svg>')}`;
    const { html, ran } = await show(`![dot](data:image/gif;base64,R0lGODlhAQABAAAAACw=) ![svg](${svg})`);
    expect(html.match(/<img[^>]+src="data:image/g)).toHaveLength(2);
    expect(ran).toBeUndefined();
  });

  test('the operator’s screen parts keep their headings: a document has h3 at most', async () => {
    const { html } = await show('# One\n\n## Two\n\n###### Six\n\n<h1>Raw</h1>');
    expect(html).toMatch(/<h3>One<\/h3>\s*<h4>Two<\/h4>\s*<h6>Six<\/h6>/);
    expect(html).not.toMatch(/<h[12]\b/);
  });
});

describe('links', () => {
  test('to the web: a new tab that knows nothing of this one', async () => {
    const { html } = await show('[a](https://acme.example/p "t")');
    expect(html).toContain(
      '<a title="t" href="https://acme.example/p" target="_blank" rel="noopener noreferrer">a</a>',
    );
  });

  test('to files: the shell’s address, with path and line for the click', async () => {
    const { html } = await show('[a](pricing.md:14) [b](/workspace/x%20y.md)');
    expect(html).toContain(
      'href="#/files/workspace/context/acme/pricing.md?line=14" data-path="/workspace/context/acme/pricing.md" data-line="14"',
    );
    expect(html).toContain('data-path="/workspace/x y.md"');
  });

  test('to nowhere: words', async () => {
    const { html } = await show('[a](#part) [b](//evil.example)');
    expect(html).toContain('<a>a</a> <a>b</a>');
  });
});

describe('prose', () => {
  test('tables, tasks, code and lists survive', async () => {
    const { html } = await show(
      '| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n3. three\n\n```ts\nconst x = "<b>";\n```\n',
    );
    expect(html).toMatch(/<td>1<\/td>/);
    expect(html).toMatch(/☑ done/);
    expect(html).toMatch(/<ol start="3">/);
    expect(html).toContain('<pre tabindex="0" role="group" aria-label="code"><code>const x = "&lt;b&gt;";');
  });
});
