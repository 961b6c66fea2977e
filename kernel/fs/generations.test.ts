import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hadSeen, inTime, standing, upTo, type Line } from './generations.ts';

type Row = Line & { key: string };
/** What the model knows of a row: everything its author had before him, by id, and which start it belongs to. */
type Made = { row: Omit<Row, 'index' | 'seen'>; past: Set<string>; start: string };

const DEVICES = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];
type Step = { device: number; op: Line['op']; from: number; pass: number; twin: boolean };
const step: fc.Arbitrary<Step> = fc.record({
  device: fc.nat(2),
  op: fc.constantFrom<Line['op']>('edit', 'edit', 'append', 'put', 'move', 'create', 'restore'),
  /** Whose rows come in before it. */
  from: fc.nat(2),
  pass: fc.nat(2),
  twin: fc.boolean(),
});
const later = (a: Made, b: Made): Made => (inTime({ ...a.row, index: 0 }, { ...b.row, index: 0 }) > 0 ? a : b);

/** Three devices that write one file and now and then tell one another all they have, in the order they got it. */
const wrote = (steps: readonly Step[]): { made: Map<string, Made>; held: string[][] } => {
  const made = new Map<string, Made>();
  const held: string[][] = DEVICES.map(() => []);
  const clocks = DEVICES.map(() => 0);
  for (const { device, op, from, pass, twin } of steps) {
    const here = held[device] as string[];
    if (pass > 0) for (const id of held[from] ?? []) if (!here.includes(id)) here.push(id);
    clocks[device] = Math.max(clocks[device] ?? 0, pass > 0 ? (clocks[from] ?? 0) : 0) + 1;
    const id = `${DEVICES[device]}.${made.size + 1}`;
    const starts = here.flatMap((other) => made.get(other) ?? []).filter(({ start, row }) => start === row.id);
    const start = starts.length === 0 ? undefined : starts.reduce(later);
    // The first thing anybody has of a file is that somebody made it.
    const as = start ? op : 'create';
    const row = {
      id,
      op: as,
      at: new Date(1e12 + (clocks[device] ?? 0)).toISOString(),
      tick: 0,
      key: as === 'create' && twin ? 'twin' : id,
    };
    const starting = as === 'create' || as === 'put';
    made.set(id, { row, past: new Set(here), start: starting ? id : (start?.row.id ?? '') });
    here.push(id);
  }
  return { made, held };
};

/** The rows of a device as its history has them. */
const rowsOf = (ids: readonly string[], made: Map<string, Made>): Row[] =>
  ids.map((id, index) => {
    const { row, past } = made.get(id) as Made;
    const all = ids.slice(0, index).every((other) => past.has(other));
    const seen: Record<string, number> = {};
    for (const other of past) {
      const [device = '', seq] = other.split('.');
      if (!id.startsWith(device)) seen[device] = Math.max(seen[device] ?? 0, Number(seq));
    }
    return { ...row, index, ...(all ? {} : { seen }) };
  });
const keyOf = (row: Row): string => row.key;
const steps = fc.array(step, { minLength: 1, maxLength: 40 });

describe('[F22] what stands where several devices wrote', () => {
  test('[F22] an author had seen exactly what he had seen', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { made, held } = wrote(all);
        for (const ids of held) {
          const rows = rowsOf(ids, made);
          for (const row of rows) {
            const past = made.get(row.id)?.past ?? new Set();
            expect(rows.filter((other) => hadSeen(row, other)).map(({ id }) => id)).toEqual(
              ids.filter((id) => past.has(id)),
            );
          }
        }
      }),
    );
  });

  test('[F22] is the newest start and what belongs to it, the same on every device, now and as of any revision', () => {
    const stands = (ids: Iterable<string>, made: Map<string, Made>): string[] => {
      const all = [...ids].flatMap((id) => made.get(id) ?? []);
      const starts = all.filter(({ start, row }) => start === row.id);
      if (starts.length === 0) return [];
      const { key } = starts.reduce(later).row;
      const one = starts.filter(({ row }) => row.key === key);
      const first = one.reduce((a, b) => (later(a, b) === a ? b : a));
      const rest = all.filter(
        ({ row, start }) => (row.op === 'edit' || row.op === 'append') && made.get(start)?.row.key === key,
      );
      rest.sort((a, b) => (later(a, b) === a ? 1 : -1));
      return [first, ...rest].map(({ row }) => row.id);
    };
    fc.assert(
      fc.property(steps, (all) => {
        const { made, held } = wrote(all);
        for (const ids of held) {
          const rows = rowsOf(ids, made);
          expect(standing(rows, keyOf).members.map(({ id }) => id)).toEqual(stands(ids, made));
          for (const row of rows) {
            const past = made.get(row.id)?.past ?? new Set<string>();
            const then = standing(upTo(rows, row), keyOf).members.map(({ id }) => id);
            expect(then).toEqual(stands([...past, row.id], made));
          }
        }
      }),
    );
  });

  test('[F22] every revision of a content put aside was seen by whoever put it aside, or is told by a lost one', () => {
    let some = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const { made, held } = wrote(all);
        for (const ids of held) {
          const rows = rowsOf(ids, made);
          const { members, lost } = standing(rows, keyOf);
          const keyFor = (id: string): string => made.get(made.get(id)?.start ?? '')?.row.key ?? '';
          const stands = keyFor(members[0]?.id ?? '');
          const lostKeys = lost.map(({ id }) => keyFor(id));
          expect(new Set(lostKeys).size).toBe(lost.length);
          expect(lostKeys).not.toContain(stands);
          const deciders = ids.filter((id) => ['create', 'put', 'restore'].includes(made.get(id)?.row.op ?? ''));
          for (const id of ids) {
            const { row, start } = made.get(id) as Made;
            if (!['create', 'put', 'edit', 'append'].includes(row.op) || keyFor(id) === stands) continue;
            const twins = start === id ? ids.filter((other) => made.get(other)?.row.key === row.key) : [id];
            const decided = deciders.some((other) => twins.some((one) => made.get(other)?.past.has(one)));
            if (!decided) expect(lostKeys).toContain(keyFor(id));
          }
          for (const { id } of lost) expect(deciders.every((other) => !made.get(other)?.past.has(id))).toBe(true);
          some += lost.length;
        }
      }),
    );
    expect(some).toBeGreaterThan(0);
  });

  test('[F22] of two puts that did not see each other the later stands and the other is named, until one saw both', () => {
    const [a, b] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
    const row = (index: number, id: string, op: Line['op'], at: number, seen?: Line['seen']): Line => ({
      id,
      index,
      op,
      at: new Date(at).toISOString(),
      tick: 0,
      ...(seen ? { seen } : {}),
    });
    const rows = [
      row(0, `${a}.1`, 'create', 1),
      row(1, `${a}.2`, 'put', 5),
      row(2, `${a}.3`, 'append', 9),
      row(3, `${b}.1`, 'put', 6, { [a]: 1 }),
      row(4, `${b}.2`, 'append', 7, { [a]: 1 }),
    ];
    const ids = (some: readonly Line[]): string[] => some.map(({ id }) => id);
    const now = standing(rows);
    expect([ids(now.members), ids(now.lost)]).toEqual([[`${b}.1`, `${b}.2`], [`${a}.3`]]);
    for (const op of ['put', 'restore'] as const)
      expect(standing([...rows, row(5, `${a}.4`, op, 10)]).lost).toEqual([]);
    expect(ids(standing([...rows, row(5, `${a}.4`, 'append', 10)]).lost)).toEqual([`${a}.3`]);
  });
});
