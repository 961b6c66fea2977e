// Any revision of a file with 1,000 of them, read by its id after a restart, checked against what was written; beside it
// Yjs with a snapshot per revision, in memory.
import { NOTHING } from '../measure/stock.ts';
import { latenciesText, msText } from '../drive/text.ts';
import { openOurs, value } from '../contenders/ours.ts';
import { prose, random, stamp } from '../measure/corpus.ts';
import { latency, median, spread, timed, type Latency } from '../measure/numbers.ts';
import { row } from '../row.ts';

const REVISIONS = 1_000;
const PATH = '/workspace/history.md';
const LINES = 40;

/** The text at each revision: one of 40 lines gets a new stamp each time. 4 KB. */
const texts = function* (): Generator<{ text: string; old: string; new: string }> {
  const last = Array.from({ length: LINES }, (_, line) => `${line}: ${stamp(0)}`);
  const bodies = last.map((_, line) => prose(line + 1, 80).replaceAll('\n', ' '));
  const text = (): string => last.map((head, line) => `${head} ${bodies[line]}\n`).join('');
  yield { text: text(), old: '', new: '' };
  for (let revision = 1; revision < REVISIONS; revision++) {
    const line = (revision * 17) % LINES;
    const old = `\n${last[line]}`.slice(line === 0 ? 1 : 0);
    last[line] = `${line}: ${stamp(revision)}`;
    yield { text: text(), old, new: `\n${last[line]}`.slice(line === 0 ? 1 : 0) };
  }
};

const tasks = {
  make: async (): Promise<void> => {
    const kernel = await openOurs();
    for (const step of texts()) {
      if (step.old === '') await kernel.change([{ op: 'put', path: PATH, content: step.text, base: null }]);
      else await kernel.change([{ op: 'edit', path: PATH, old: step.old, new: step.new }]);
    }
    await kernel.stop();
  },
  read: async ({
    reads,
    seed,
  }: {
    reads: number;
    seed: number;
  }): Promise<{ list: number; first: number; read: Latency }> => {
    const expected = [...texts()].map(({ text }) => text);
    const { sys } = await openOurs();
    const { ms, value: listed } = await timed(() => sys.list(PATH, { history: true, limit: REVISIONS }));
    const revisions = value(listed).entries.toReversed();
    if (revisions.length !== REVISIONS) throw new Error(`The file has ${revisions.length} revisions.`);
    const next = random(seed);
    const each: number[] = [];
    for (let i = 0; i < reads; i++) {
      const index = Math.floor(next() * REVISIONS);
      const at = revisions[index]?.id ?? '';
      const read = await timed(() => sys.read(PATH, { at }));
      if (value(read.value).content !== expected[index]) throw new Error(`Revision ${index + 1} read back wrong.`);
      each.push(read.ms);
    }
    return { list: ms, first: each[0] ?? Number.NaN, read: latency(each) };
  },
  yjs: async ({ reads, seed }: { reads: number; seed: number }): Promise<Latency> => {
    const Y = await import('yjs');
    const doc = new Y.Doc({ gc: false });
    const text = doc.getText('t');
    const snapshots = [];
    for (const step of texts()) {
      if (step.old === '') text.insert(0, step.text);
      else {
        const at = text.toString().indexOf(step.old);
        text.delete(at, step.old.length);
        text.insert(at, step.new);
      }
      snapshots.push(Y.snapshot(doc));
    }
    const next = random(seed);
    const each: number[] = [];
    for (let i = 0; i < reads; i++) {
      const snapshot = snapshots[Math.floor(next() * REVISIONS)];
      if (!snapshot) continue;
      each.push((await timed(() => Y.createDocFromSnapshot(doc, snapshot).getText('t').toString())).ms);
    }
    return latency(each);
  },
};

export const revisionRow = row({
  name: 'revision',
  title: 'Any revision of a file with 1,000',
  tasks,
  drive: async (bench, ask) => {
    const reads = bench.options.quick ? 60 : 200;
    const done = await bench.keep(async (reopen) => {
      await reopen('warm', (session) => ask(session, 'make'));
      return bench.rounds(async (round) => ({
        mine: await reopen('warm', (session) => ask(session, 'read', { reads, seed: round + 1 })),
        yjs: await bench.fresh(NOTHING, (session) => ask(session, 'yjs', { reads, seed: round + 1 })),
      }));
    });
    const middle = (key: 'first' | 'list'): string => msText(median(done.map(({ mine }) => mine[key])));
    const middles = done.map(({ mine }) => mine.read.p50);
    return [
      {
        what: 'read any of 1,000 revisions (4 KB), p50 / p95',
        ours: `${latenciesText(done.map(({ mine }) => mine.read))} (the first ${middle('first')}; to list them all ${middle('list')})`,
        against: `Yjs snapshots, in memory ${latenciesText(done.map(({ yjs }) => yjs))}`,
        value: median(middles),
        spread: spread(middles),
        unit: 'ms',
        target: { kind: 'promise', direction: 'at most', reach: 1 },
      },
    ];
  },
});
