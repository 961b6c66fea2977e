// The whole browser is killed, again and again, at random points of mixed writing and typing. What was acknowledged is
// there, byte for byte; what was not is there whole or not at all. ALLOD_KILL_ROUNDS and ALLOD_KILL_SEED say how often
// and when.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { Values } from '../../kernel/protocol/syscalls.ts';
import { startBrowser } from '../browser-process.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { dist, go, hashes, ready, type Console } from './cockpit.ts';
import { filesBelow, LANE_ROOT, runLanes, type Files, type Told } from './kill-lanes.ts';

const ROUNDS = Number(process.env['ALLOD_KILL_ROUNDS'] ?? 4);
const SEED = Number(process.env['ALLOD_KILL_SEED'] ?? Date.now() % 100_000);

let app: StaticServer;
let profile: string;
test.beforeAll(async () => {
  app = await serveStatic(dist);
  profile = mkdtempSync(join(tmpdir(), 'allod-kill-'));
});
test.afterAll(async () => {
  await app.close();
  rmSync(profile, { recursive: true, force: true });
});

/** A small linear generator: the same seed kills at the same points. */
const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** What must be there, and what may be there instead, by lane. */
const createLedger = () => {
  const must: Record<string, Files> = {};
  const may: Record<string, Files> = {};
  const versions: { path: string; revision: string; content: string }[] = [];
  let acknowledged = 0;
  const grows = (lane: string): boolean => lane === 'puts' || lane === 'blobs';
  return {
    count: () => acknowledged,
    versions,
    hear: ({ t, step: { lane, files, revisions = [] } }: Told): void => {
      const after = grows(lane) ? { ...must[lane], ...files } : files;
      may[lane] = after;
      if (t === 'asks') return;
      must[lane] = after;
      acknowledged++;
      if (!grows(lane))
        Object.entries(files).forEach(([path, content], i) =>
          versions.push({ path, revision: revisions[i] ?? '', content }),
        );
    },
    /** The one of the two that each lane's files are, for every lane; else both, to be shown. */
    judge: (there: Files): { lane: string; must: Files; may: Files; there: Files }[] =>
      Object.keys(may).flatMap((lane) => {
        const known = new Set([...Object.keys(must[lane] ?? {}), ...Object.keys(may[lane] ?? {})]);
        const mine = Object.fromEntries(Object.entries(there).filter(([path]) => known.has(path)));
        const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
        const same = (files: Files = {}): boolean =>
          JSON.stringify(Object.entries(files).toSorted(byName)) ===
          JSON.stringify(Object.entries(mine).toSorted(byName));
        return same(must[lane]) || same(may[lane])
          ? []
          : [{ lane, must: must[lane] ?? {}, may: may[lane] ?? {}, there: mine }];
      }),
    known: (): Set<string> =>
      new Set([...Object.values(must), ...Object.values(may)].flatMap((files) => Object.keys(files))),
  };
};

const openApp = async (page: Page): Promise<void> => {
  await page.goto(app.url);
  await ready(page);
};

const textOf = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (at) => {
    const read = await (globalThis as unknown as Console).allod.read(at);
    return read.ok ? String(read.value.content) : '';
  }, path);

const faultOf = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const checked = await (globalThis as unknown as Console).allod.call('verify', {});
    if (!checked.ok) return checked.error;
    return (checked.value as Values['verify']).fault;
  });

/** Everything but the journal and what it names is dropped, on a page of the same origin that runs no kernel. */
const dropProjections = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('allod:main');
        opening.onerror = () => reject(new Error('not opened'));
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction(['dirs', 'docs', 'hist', 'revs', 'post', 'sys'], 'readwrite');
          for (const store of ['dirs', 'docs', 'hist', 'revs', 'post']) tx.objectStore(store).clear();
          tx.objectStore('sys').delete(IDBKeyRange.bound('proj:', 'proj:￿'));
          tx.oncomplete = () => {
            db.close();
            resolve();
          };
          tx.onabort = () => reject(new Error('not dropped'));
        };
      }),
  );

test('[A22] [J6] [F10] the browser is killed at random points: what was acknowledged is there, and nothing is half there', async () => {
  test.setTimeout(30_000 + ROUNDS * 30_000);
  const random = randomFrom(SEED);
  test.info().annotations.push({ type: 'seed', description: String(SEED) });
  const note = `${LANE_ROOT}/typed.md`;
  let typed = '';
  let sealed = '';
  let lost = 0;
  let total = 0;

  for (let round = 0; round < ROUNDS; round++) {
    const ledger = createLedger();
    const victim = await startBrowser(profile);
    try {
      const page = victim.context.pages()[0] ?? (await victim.context.newPage());
      await openApp(page);
      if (round === 0)
        await page.evaluate(
          (path) =>
            (globalThis as unknown as Console).allod.write([{ op: 'put', path, content: '' }], {
              message: 'To type in',
            }),
          note,
        );
      await go(page, `#/files${note}`);
      const editor = page.getByRole('textbox', { name: /typed\.md/ });
      await editor.click();
      await page.keyboard.press('Control+End');
      await runLanes(page, round, ledger.hear);
      const enough = 20 + random(150);
      const typing = (async () => {
        for (let n = 0; ; n++) {
          const word = `${round}w${n} `;
          typed += word;
          await page.keyboard.type(word);
          if (n % 5 === 4) sealed = await textOf(page, note);
        }
      })().catch(() => undefined);
      await expect.poll(ledger.count, { timeout: 30_000, intervals: [1] }).toBeGreaterThan(enough);
      await victim.kill();
      await typing;
    } finally {
      await victim.kill();
    }
    total += ledger.count();

    const next = await startBrowser(profile);
    try {
      const page = next.context.pages()[0] ?? (await next.context.newPage());
      await openApp(page);
      expect(await faultOf(page)).toBeUndefined();
      const there = await filesBelow(page, `${LANE_ROOT}/${round}`);
      expect(ledger.judge(there)).toEqual([]);
      expect(Object.keys(there).filter((path) => !ledger.known().has(path))).toEqual([]);
      const changed = await page.evaluate(
        async (versions) => {
          const { allod } = globalThis as unknown as Console;
          const wrong: unknown[] = [];
          for (const { path, revision, content } of versions) {
            const read = await allod.read(path, { at: revision });
            if (!read.ok || read.value.content !== content) wrong.push({ path, revision, content, read });
          }
          return wrong;
        },
        ledger.versions.filter(({ path }) => !path.includes('/moves/')),
      );
      expect(changed).toEqual([]);

      // What was typed: all that was seen sealed, no hole and nothing foreign; what is missing was typed last.
      const text = await textOf(page, note);
      expect(text.startsWith(sealed)).toBe(true);
      expect(typed.startsWith(text)).toBe(true);
      lost = Math.max(lost, typed.length - text.length);
      typed = text;
      sealed = text;

      const before = await hashes(page, '/');
      await page.goto(`${app.url}manifest.webmanifest`);
      await dropProjections(page);
      await openApp(page);
      expect(await hashes(page, '/')).toEqual(before);
    } finally {
      await next.kill();
    }
  }
  test.info().annotations.push({ type: 'acknowledged writes', description: String(total) });
  test.info().annotations.push({ type: 'typed characters lost at most', description: String(lost) });
  console.log(`seed ${SEED}: ${ROUNDS} kills, ${total} acknowledged writes, at most ${lost} typed characters lost`);
});
