/**
 * Nothing is missed between loading and watching: the real client over a real kernel, frames delivered late, writes at
 * any moment, and the kernel handed over in the middle. What is shown in the end is what is there.
 */
import * as fc from 'fast-check';
import { createComponent, createRoot } from 'solid-js';
import { expect, test } from 'vitest';
import { bootMemory, createDisk } from '../../kernel/boot/memory.ts';
import { createLateWire, turns } from '../../kernel/boot/late-wire.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import { createClient, type Client } from './client.ts';
import { ClientContext } from './context.ts';
import { createList, listAll, type Live } from './live.ts';

const listIn = (client: Client): { live: Live<Stat[]>; dispose: () => void } => {
  let live: Live<Stat[]> | undefined;
  const dispose = createRoot((end) => {
    createComponent(ClientContext.Provider, {
      value: client,
      get children() {
        live = createList(() => '/workspace/seen', { depth: 8 });
        return undefined;
      },
    });
    return end;
  });
  if (!live) throw new Error('the children of the provider were not run');
  return { live, dispose };
};

const shape = (stats: readonly Stat[] | undefined) => stats?.map(({ path, revision }) => `${path} ${revision}`).sort();

type Step = { t: 'theirs' | 'write' | 'remove' | 'turns' | 'watch' | 'handOver'; n: number };
const step = fc.record<Step>({
  t: fc.constantFrom('theirs', 'theirs', 'write', 'remove', 'turns', 'turns', 'watch', 'handOver'),
  n: fc.integer({ min: 0, max: 12 }),
});

test('[F11] [G6] what a list shows is what is there, wherever writes and a hand-over fall between its watch and its load', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 16 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 7 }),
      async (steps, delays) => {
        let at = 0;
        const wire = createLateWire(() => delays[at++ % delays.length] ?? 0);
        const disk = createDisk();
        let kernel = await bootMemory({ disk });
        wire.lead(kernel);
        const client = createClient(wire.port, 'page');
        const lists: { live: Live<Stat[]>; dispose: () => void }[] = [listIn(client)];
        const writes: Promise<unknown>[] = [];
        for (const [i, { t, n }] of steps.entries()) {
          const path = `/workspace/seen/${n % 4}/${n}.md`;
          const message = `step ${i}`;
          if (t === 'turns') await turns(n * 4);
          else if (t === 'watch') lists.push(listIn(client));
          else if (t === 'handOver') {
            wire.cut();
            kernel.crash();
            await turns(n);
            kernel = await bootMemory({ disk, clock: kernel.clock });
            wire.lead(kernel);
          } else if (t === 'remove') writes.push(client.stub.write([{ op: 'remove', path }], { message }));
          // Another tab: not in line with what this page asks.
          else if (t === 'theirs') {
            const other = kernel.as('operator');
            writes.push(
              turns(n * 12).then(() => other.write([{ op: 'append', path, content: `${i}\n` }], { message })),
            );
          } else writes.push(client.stub.write([{ op: 'append', path, content: `${i}\n` }], { message }));
        }
        // Every call is answered by some kernel, and every list comes to rest.
        await Promise.all(writes);
        const there = await listAll(client, '/workspace/seen', 8);
        for (let waited = 0; waited < 100 && lists.some(({ live }) => live.loading()); waited++) await turns(20);
        await turns(200);
        for (const { live } of lists) expect(shape(live.value())).toEqual(shape(there.ok ? there.value : []));
        for (const { dispose } of lists) dispose();
        await kernel.stop();
      },
    ),
    {
      numRuns: 60,
      // Missed when the load was asked for before the watch stood.
      examples: [
        [
          [
            { t: 'turns', n: 7 },
            { t: 'theirs', n: 6 },
            { t: 'theirs', n: 0 },
            { t: 'theirs', n: 0 },
            { t: 'watch', n: 0 },
            { t: 'theirs', n: 0 },
          ],
          [0, 25, 14],
        ],
      ],
    },
  );
});
