// Whatever happens to runs and to the kernel: the ledger is what the model's server reported, and nothing stays reserved.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerCost, costOf, requestCost } from '../protocol/money.ts';
import { CALL, boot, budgetOf, done, ledgerOf, PRICE, reserve, said, type Body } from '../../tests/kits/spender.ts';
import { emptyUsage, type Usage } from '../protocol/formats/records.ts';

const MOST = requestCost(PRICE, CALL.tokens) + answerCost(PRICE, CALL.max_tokens);

/** One call of a run: answered, lost after it was told or before, refused, or left without a word. */
type Step = { how: 'answered' | 'told' | 'untold' | 'refused' | 'left'; used: Usage };
/** How the run, or the whole kernel, comes to its end. `hangs`: with a call open. */
type Scene = { steps: Step[]; end: 'done' | 'killed' | 'crash' | 'restart'; hangs: boolean };

const tokens = fc.integer({ min: 0, max: 500 });
const usage = fc.record({ input: tokens, output: tokens, cacheWrite: tokens, cacheRead: tokens });
const step = fc.record({
  how: fc.constantFrom<Step['how']>('answered', 'told', 'untold', 'refused', 'left'),
  used: usage,
});
const scene: fc.Arbitrary<Scene> = fc.record({
  steps: fc.array(step, { maxLength: 4 }),
  end: fc.constantFrom<Scene['end']>('done', 'killed', 'crash', 'restart'),
  hangs: fc.boolean(),
});

const NEVER = new Promise<never>(() => undefined);

test('[M3] [M4] [A22] after any calls, failures, kills and restarts the ledger is exact and nothing is left open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(scene, { minLength: 1, maxLength: 5 }), async (scenes) => {
      let k = await boot();
      /** What the server knows it reported, and what nobody can know. */
      let reported = 0;
      let unknown = 0;
      for (const { steps, end, hangs } of scenes) {
        const dies = end !== 'done';
        let stand = (): void => undefined;
        const standing = new Promise<void>((resolve) => (stand = resolve));
        const body: Body = async (sys) => {
          for (const { how, used } of steps) {
            await reserve(sys);
            const lost = (word: string, what: Usage) =>
              sys.invoke('log', { record: { t: 'spent', at: 'now', model: 'm', usage: what, usd: 0, how: word } });
            if (how === 'answered') await said(sys, used);
            if (how === 'told') await lost('reported', used);
            if (how === 'untold') await lost('unknown', emptyUsage());
            if (how === 'refused') await lost('none', emptyUsage());
            if (how === 'answered' || how === 'told') reported += costOf(PRICE, used);
            if (how === 'untold' || how === 'left') unknown++;
          }
          if (hangs) {
            await reserve(sys);
            unknown++;
            // The one that was left is settled by now; this one is open.
            expect((await budgetOf(k.k)).open).toHaveLength(1);
          }
          stand();
          return dies ? NEVER : done();
        };
        const running = k.fire(body);
        await standing;
        if (end === 'done') await running;
        if (end === 'killed') {
          await k.op.call('kill', { run: 'all' });
          await k.k.clock.advance(1_000);
          await running;
        }
        if (end === 'crash') k.crash();
        if (end === 'restart') {
          const stopping = k.k.stop();
          await k.k.clock.advance(1_000);
          await stopping;
          await running;
        }
        if (end === 'crash' || end === 'restart') k = await k.again();
        const budget = await budgetOf(k.k);
        expect(budget.open).toEqual([]);
        expect(budget.month.reserved).toBe(0);
        const lines = await ledgerOf(k.k);
        const settled = lines.filter((line) => line.t === 'settle');
        expect(settled.reduce((nano, line) => nano + line.nano, 0)).toBe(reported + unknown * MOST);
        expect(settled.filter(({ how }) => how === 'unknown')).toHaveLength(unknown);
        expect(budget.month.spent).toBe((reported + unknown * MOST) / 1e9);
        // Every reservation once, every settlement once.
        expect(new Set(settled.map(({ id }) => id)).size).toBe(settled.length);
        expect(lines.length).toBe(2 * settled.length);
      }
      await k.k.stop();
    }),
    { numRuns: 25 },
  );
});
