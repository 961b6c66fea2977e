// What a page writes while its browser is killed: lanes that each keep to files of their own and do one thing after
// another. Every step is told before it is asked for and again when it is acknowledged, so that the test knows for each
// lane the last state that must be there and the one that may.
import type { Page } from '@playwright/test';
import type { Change } from '../../kernel/protocol/files.ts';
import type { Console } from './cockpit.ts';

/** A file's content by path; blobs as the number that made them. */
export type Files = Record<string, string>;
export type Step = { lane: string; n: number; files: Files; revisions?: string[] };
export type Told = { t: 'asks' | 'has'; step: Step };

export const LANES = ['puts', 'edits', 'appends', 'moves', 'blobs'] as const;
export const LANE_ROOT = '/workspace/kill';

/** Starts all lanes in the page, from step `from` on; they run until the page dies. `tell` comes back when it was heard. */
export const runLanes = async (page: Page, round: number, tell: (told: Told) => void): Promise<void> => {
  await page.exposeFunction('tellTest', tell);
  await page.evaluate(
    ([lanes, base]) => {
      const { allod, tellTest } = globalThis as unknown as Console & { tellTest(told: Told): Promise<void> };
      const blob = (n: number): Uint8Array => Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31 + n) % 256);
      type Next = { changes: Change[]; files: Files };
      const next: Record<string, (n: number, was: Files) => Next> = {
        puts: (n) => {
          const path = `${base}/puts/${n % 40}/${n}.md`;
          const content = `number ${n} ${'ä'.repeat(n % 50)}\n`;
          return { changes: [{ op: 'put', path, content, base: null }], files: { [path]: content } };
        },
        edits: (n, was) => {
          const path = `${base}/edits.md`;
          const content = `before\ncount ${n}.\nafter\n`;
          return was[path] === undefined
            ? { changes: [{ op: 'put', path, content, base: null }], files: { [path]: content } }
            : {
                changes: [{ op: 'edit', path, old: `count ${n - 1}.`, new: `count ${n}.` }],
                files: { [path]: content },
              };
        },
        appends: (n, was) => {
          const [one, two] = [`${base}/log-one.md`, `${base}/log-two.md`];
          const line = `line ${n}\n`;
          // Two files in one set: both or neither.
          return {
            changes: [
              { op: 'append', path: one, content: line },
              { op: 'append', path: two, content: line },
            ],
            files: { [one]: (was[one] ?? '') + line, [two]: (was[two] ?? '') + line },
          };
        },
        moves: (n) => {
          const at = (k: number): string => `${base}/moves/folder-${k}`;
          return n === 0
            ? {
                changes: [{ op: 'put', path: `${at(0)}/in/a.md`, content: 'moved along\n', base: null }],
                files: { [`${at(0)}/in/a.md`]: 'moved along\n' },
              }
            : {
                changes: [{ op: 'move', from: at(n - 1), to: at(n) }],
                files: { [`${at(n)}/in/a.md`]: 'moved along\n' },
              };
        },
        blobs: (n) => {
          const path = `${base}/blobs/${n}.bin`;
          return { changes: [{ op: 'put', path, content: blob(n), base: null }], files: { [path]: `blob ${n % 256}` } };
        },
      };
      for (const lane of lanes) {
        void (async () => {
          let files: Files = {};
          for (let n = 0; ; n++) {
            const step = next[lane]?.(n, files);
            if (!step) throw new Error(`no lane ${lane}`);
            // Lanes that make files of their own keep them all; the others replace what they had.
            const after = lane === 'puts' || lane === 'blobs' ? { ...files, ...step.files } : step.files;
            await tellTest({ t: 'asks', step: { lane, n, files: step.files } });
            const done = await allod.write(step.changes, { message: `${lane} ${n}` });
            if (!done.ok) throw new Error(`${lane} ${n}: ${JSON.stringify(done.error)}`);
            files = after;
            await tellTest({ t: 'has', step: { lane, n, files: step.files, revisions: done.value.revisions } });
          }
        })();
      }
    },
    [[...LANES], `${LANE_ROOT}/${round}`] as const,
  );
};

/** Every file below a folder as the kernel reads it now; blobs are named by the number that made them, if whole. */
export const filesBelow = (page: Page, folder: string): Promise<Files> =>
  page.evaluate(async (root) => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list(root, { depth: 64, limit: 10_000 });
    if (!listed.ok) return {};
    const files: Files = {};
    for (const { path, kind } of listed.value.entries) {
      if (kind !== 'file') continue;
      const read = await allod.read(path);
      if (!read.ok) throw new Error(`${path}: ${JSON.stringify(read.error)}`);
      const { content } = read.value;
      if (typeof content === 'string') files[path] = content;
      else {
        const n = content[0] ?? 0;
        const whole = content.length === 70_000 && content.every((byte, i) => byte === (i * 31 + n) % 256);
        files[path] = whole ? `blob ${n}` : `torn blob of ${content.length} bytes`;
      }
    }
    return files;
  }, folder);
