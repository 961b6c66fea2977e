import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Content } from './contents.ts';
import { inTime } from './generations.ts';
import { firstUpdate } from './text-form.ts';
import { createReplica, PATH, plain, type Made, type Replica } from './replicas.ts';

/** Everything F22, F5, F9 and F13 promise of one device, whatever it holds. */
const expectSound = async (one: Replica): Promise<void> => {
  const { made, held, contents, histories, reads } = one;
  const node = one.node();
  const rows = await histories.since(node);
  expect(rows.map(({ id }) => id)).toEqual(held);
  const stands = await contents.load(node);
  for (const row of rows) {
    const { content, size, hash } = await contents.asOf(node, row);
    expect([row.id, plain(content)]).toEqual([row.id, made.get(row.id)?.held]);
    const change = made.get(row.id)?.sealed.entry.change;
    if (change && 'hash' in change) expect([size, hash]).toEqual([change.size, change.hash]);
  }
  const listed: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await reads.history(PATH, { limit: 3, ...(cursor ? { cursor } : {}) });
    if (!page.ok) throw new Error(page.error.message);
    listed.push(...page.value.entries.map(({ id }) => id));
    cursor = page.value.cursor;
    if (cursor === undefined) break;
  }
  expect(listed).toEqual(
    rows
      .toSorted(inTime)
      .reverse()
      .map(({ id }) => id),
  );
  const last = listed[0] ? rows.find(({ id }) => id === listed[0]) : undefined;
  const now = await reads.read(PATH, { at: last?.at ?? '' });
  if (stands.as !== 'blob') expect(now.ok && now.value.stat.hash).toBe(node.hash);
  if (stands.as !== 'text') return;
  const blamed = await reads.blame(PATH);
  if (!blamed.ok) throw new Error(blamed.error.message);
  expect(blamed.value.runs.map(({ from, to }) => stands.text.slice(from, to)).join('')).toBe(stands.text);
  const ids = [...made.keys()];
  for (const { from, to, revision, actor } of blamed.value.runs) {
    expect(actor).toBe(`agent:${revision[0]}`);
    for (const char of stands.text.slice(from, to)) {
      const owner = ids[(char.codePointAt(0) ?? 0) - 0x4e00];
      if (owner === undefined) expect(made.get(revision)?.sealed.entry.change.op).toBe('create');
      else expect(revision).toBe(owner);
    }
  }
};

const kind = fc.constantFrom<Content['as']>('text', 'text', 'text', 'record', 'blob');
const step = fc.record({
  device: fc.nat(2),
  other: fc.nat(2),
  do: fc.constantFrom('change', 'change', 'change', 'merge', 'merge', 'put', 'attr', 'burst', 'flush', 'forget'),
  as: kind,
  where: fc.nat(1000),
});

describe('[F22] devices that wrote one file apart', () => {
  test('[F22] [F5] [F9] [F13] hold the same content, revisions, order and authors once they hold the same entries', async () => {
    let [texts, put, checkpoints] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        kind,
        fc.boolean(),
        fc.array(step, { minLength: 10, maxLength: 60 }),
        async (as, fork, steps) => {
          const made = new Map<string, Made>();
          const replicas = await Promise.all([1, 2, 3].map((number) => createReplica(number, made)));
          const at = (index: number): Replica => replicas[index] as Replica;
          for (const { device, other, do: what, as: next, where } of steps) {
            const one = at(device);
            if (what === 'merge') await one.merge(at(other).held);
            else if (one.held.length === 0) {
              if (fork || made.size === 0) one.create(as, fork);
              else await one.merge(replicas.find(({ held }) => held.length > 0)?.held ?? []);
            } else if (what === 'change') await one.change(where);
            else if (what === 'put' && where % 3 === 0) one.put(next);
            else if (what === 'attr') await one.attr();
            else if (what === 'burst' && where % 4 === 0) for (let i = 0; i < 40; i++) await one.change(where + i);
            else if (what === 'flush' || what === 'forget') {
              await one.flush();
              if (what === 'forget') one.forget();
            }
          }
          for (const one of replicas) if (one.held.length > 0) await expectSound(one);
          for (const one of [...replicas, ...replicas]) for (const { held } of replicas) await one.merge(held);
          if (made.size === 0) return;
          for (const one of replicas) {
            await one.flush();
            checkpoints += await one.checkpoints();
            one.forget();
            await expectSound(one);
          }
          const all = await Promise.all(replicas.map(({ contents, node }) => contents.load(node())));
          expect(new Set(all.map(plain)).size).toBe(1);
          const lost = await Promise.all(
            replicas.map(async ({ contents, node }) => (await contents.refresh(node())).lost),
          );
          expect(new Set(lost).size).toBe(1);
          texts += all[0]?.as === 'text' ? 1 : 0;
          put += lost[0] === undefined ? 0 : 1;
          replicas.forEach((one) => one.stop());
        },
      ),
      { numRuns: 40 },
    );
    expect([texts > 0, put > 0, checkpoints > 0]).toEqual([true, true, true]);
  }, 120_000);

  const three = async (): Promise<[Replica, Replica, Replica]> => {
    const made = new Map<string, Made>();
    return [await createReplica(1, made), await createReplica(2, made), await createReplica(3, made)];
  };
  const merged = async (...replicas: Replica[]): Promise<string[]> => {
    for (const one of replicas) for (const { held } of replicas) await one.merge(held);
    for (const one of replicas) await expectSound(one);
    return Promise.all(replicas.map(async ({ contents, node }) => plain(await contents.load(node()))));
  };
  const count = (text: string, part: string): number => text.split(part).length - 1;

  test.each(['text', 'record', 'blob'] as const)(
    '[F22] [F8] forked apart, a %s is one file with what each of them wrote, and the fork once',
    async (as) => {
      const [a, b] = await three();
      for (const one of [a, b]) {
        one.create(as, true);
        await one.change(12);
        await one.change(12);
      }
      const [own] = await merged(a);
      const [first = '', second = ''] = await merged(a, b);
      expect(first).toBe(second);
      expect(first.length).toBeGreaterThan(own?.length ?? 0);
      expect([a.lost(), b.lost()]).toEqual([undefined, undefined]);
      if (as === 'text') expect(count(first, 'fork')).toBe(3);
      if (as === 'record') expect(count(first, '666f726b')).toBe(3);
      const rows = await a.contents.members(a.node());
      expect(rows.map(({ op }) => op).filter((op) => op === 'create').length).toBe(1);
      expect(rows.length).toBe(5);
    },
  );

  test('[F22] what was written into a content that was put aside is not in the one that stands, and is named', async () => {
    const [a, b, c] = await three();
    a.create('text', false, '');
    await b.merge(a.held);
    a.put('text');
    for (let i = 0; i < 40; i++) await a.change(i);
    await a.flush();
    expect(await a.checkpoints()).toBe(1);
    a.forget();
    const [before] = await merged(a);
    // Into an empty text: the update says nothing of what it is beside.
    await b.change(0);
    const put = b.held.at(-1) ?? '';
    expect(await merged(a, b)).toEqual([before, before]);
    expect([a.lost(), b.lost()]).toEqual([put, put]);
    // Whoever has seen both and writes a whole content has decided.
    await c.merge(a.held);
    c.put('text');
    await merged(a, b, c);
    expect((await a.contents.refresh(a.node())).lost).toBeUndefined();
  });

  test('[F22] [F13] a checkpoint that is not what it was is not built upon', async () => {
    const [a, b] = await three();
    a.create('text', false);
    await b.merge(a.held);
    for (let i = 0; i < 40; i++) await a.change(i);
    await a.flush();
    a.forget();
    const update = firstUpdate('not what it was', 99);
    await a.damageCheckpoint(update);
    await b.change(3);
    const [first, second] = await merged(a, b);
    expect(first).toBe(second);
    expect(first).not.toContain('not what it was');
  });

  test('[F22] an edit of another device that is none is EBADMSG; what stood before it reads', async () => {
    const [a, b] = await three();
    a.create('text', false);
    await b.merge(a.held);
    await a.change(0);
    await b.change(0);
    const made = b.made.get(b.held.at(-1) ?? '');
    if (made) made.sealed.entry.payload = Uint8Array.of(7, 7, 7);
    await expect(a.merge(b.held)).rejects.toMatchObject({ error: { code: 'EBADMSG' } });
    const [first, second] = await a.histories.since(a.node());
    for (const row of [first, second])
      if (row) expect(plain((await a.contents.asOf(a.node(), row)).content)).toBe(a.made.get(row.id)?.held);
    expect(await a.reads.read(PATH)).toMatchObject({ ok: false, error: { code: 'EBADMSG' } });
  });

  test('[F21] what comes between deciding what to write and writing it is not lost', async () => {
    const [a] = await three();
    a.create('text', false);
    await a.flush(() => a.change(0));
    await expectSound(a);
    await a.flush(() => a.change(1));
    await expectSound(a);
    await a.flush();
    a.forget();
    await expectSound(a);
  });

  test('[F5] at a date: all that was made until then in the order of time, though it came later', async () => {
    const [a, b] = await three();
    a.create('record', false);
    await b.merge(a.held);
    for (const one of [a, b, a, b, a, b]) await one.change(0);
    await merged(a, b);
    const rows = (await a.histories.since(a.node())).toSorted(inTime);
    for (const row of rows) {
      const until = rows.filter(({ at }) => at <= row.at);
      const wanted = until.map(({ id }) => {
        const payload = a.made.get(id)?.sealed.entry.payload ?? new Uint8Array();
        return new TextDecoder().decode(payload);
      });
      const read = await a.reads.read(PATH, { at: row.at });
      expect(read).toMatchObject({
        ok: true,
        value: { content: wanted.join(''), stat: { revision: until.at(-1)?.id } },
      });
    }
  });
});
