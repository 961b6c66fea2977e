// The wall clock set back, or far ahead, between restarts and while the kernel runs.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../protocol/entry.ts';
import { unpackSegment } from '../journal/segments.ts';
import { journalRows } from './faults.ts';
import { bootMemory, createClock, createDisk, type Disk } from './memory.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;

const entriesOf = async (disk: Disk): Promise<Entry[]> =>
  (await journalRows(disk)).flatMap((row) => unpackSegment(row.b).map(({ entry }) => entry));

test('[J4] [A37] whatever the clock does across restarts, stamps rise with the sequence and every version is there', async () => {
  const step = fc.record({ days: fc.integer({ min: -4000, max: 4000 }), restart: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const disk = createDisk();
      const clock = createClock(NOON);
      let k = await bootMemory({ disk, clock });
      const written: string[] = [];
      for (const [at, { days, restart }] of steps.entries()) {
        clock.set(NOON + days * DAY);
        if (restart) {
          k.crash();
          k = await bootMemory({ disk, clock });
        }
        const content = `version ${at}`;
        const before = await k.as('operator').read('/workspace/a');
        const base = before.ok ? before.value.stat.revision : null;
        const change = { op: 'put' as const, path: '/workspace/a', content, base };
        expect((await k.as('operator').write([change], { message: 'm' })).ok).toBe(true);
        written.unshift(content);
      }
      const history = await k.as('operator').list('/workspace/a', { history: true });
      const revisions = history.ok ? history.value.entries.map(({ id }) => id) : [];
      const texts = await Promise.all(
        revisions.map(async (at) => {
          const read = await k.as('operator').read('/workspace/a', { at });
          return read.ok ? read.value.content : '';
        }),
      );
      expect(texts).toEqual(written);
      expect((await k.journal.verify(1)).fault).toBeUndefined();
      await k.stop();
      const entries = await entriesOf(disk);
      const early = entries.filter(({ at, tick }, i) => {
        const last = entries[i - 1];
        return last !== undefined && (at < last.at || (at === last.at && tick <= last.tick));
      });
      expect(early).toEqual([]);
    }),
    { numRuns: 12 },
  );
});
