// The file system against a model: random operations, flushes, failing commits, crashes, restarts and lost projections.
// After each restart every revision there ever was reads back, under every path its file ever had.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Memory } from '../boot/memory.ts';
import { refuseCommits, withDatabase } from '../boot/faults.ts';
import type { Change } from '../protocol/files.ts';
import type { Database } from '../store/schema.ts';

type File = { content: string; revisions: { id: string; content: string }[]; paths: string[] };
type Model = { live: Map<string, File>; all: File[] };

const DIRS = ['/workspace/m', '/workspace/m/a', '/workspace/m/b', '/workspace/m/a/c'];
const path = fc
  .tuple(fc.constantFrom(...DIRS), fc.constantFrom('x', 'y', 'z'))
  .map(([dir, name]) => `${dir}/${name}.md`);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'aa', 'aaa\nbb', '😀é', '\uffff'.repeat(3)),
);
const binary = fc.constant('\u0000binary');

/** What is lost of the projections: a store, their version, or (garbled) what every row of `revs` says. */
const LOST = ['dirs', 'hist', 'docs', 'revs', 'version', 'garbled'] as const;
type Lost = (typeof LOST)[number];

type Step =
  | { t: 'put'; path: string; content: string }
  | { t: 'append'; path: string; content: string }
  | { t: 'edit'; path: string; old: string; new: string; all: boolean }
  | { t: 'move'; from: string; to: string }
  | { t: 'moveDir'; from: string; to: string }
  | { t: 'remove'; path: string }
  | { t: 'set'; steps: Step[] }
  | { t: 'burst'; steps: Step[] }
  | { t: 'refused'; step: Step; where: 'add' | 'commit' }
  | { t: 'flush' }
  | { t: 'crash' }
  | { t: 'stop' }
  | { t: 'drop'; what: Lost }
  | { t: 'look' };

const change: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      t: fc.constant('put' as const),
      path,
      content: fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: binary }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ t: fc.constant('append' as const), path, content: text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      t: fc.constant('edit' as const),
      path,
      old: fc.constantFrom('a', 'aa', 'b', '😀'),
      new: text,
      all: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('move' as const), from: path, to: path }) },
  {
    weight: 1,
    arbitrary: fc.record({
      t: fc.constant('moveDir' as const),
      from: fc.constantFrom(...DIRS),
      to: fc.constantFrom(...DIRS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('remove' as const), path }) },
);
const changes = (max: number) => fc.array(change, { minLength: 1, maxLength: max });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: change },
  { weight: 3, arbitrary: fc.record({ t: fc.constant('set' as const), steps: changes(4) }) },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('burst' as const), steps: changes(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      t: fc.constant('refused' as const),
      step: change,
      where: fc.constantFrom('add' as const, 'commit' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ t: 'flush' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ t: 'crash' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ t: 'stop' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ t: 'look' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      t: fc.constant('drop' as const),
      what: fc.constantFrom(...LOST),
    }),
  },
);

const bytes = (content: string): string | Uint8Array =>
  content.includes('\u0000') ? new TextEncoder().encode(content) : content;

/** What the set should do, by the contract; undefined where it should be refused. One place for all rules of the model. */
const play = (model: Model, steps: readonly Step[]): { changes: Change[]; after?: Model } => {
  const copies = new Map(
    model.all.map((file) => [file, { ...file, revisions: [...file.revisions], paths: [...file.paths] }]),
  );
  const next: Model = {
    live: new Map([...model.live].map(([at, file]) => [at, copies.get(file) as File])),
    all: [...copies.values()],
  };
  const made = new Set<string>();
  const out: Change[] = [];
  let sound = true;
  for (const one of steps) {
    if (one.t === 'put') {
      const file = next.live.get(one.path);
      const base = file?.revisions.at(-1)?.id;
      out.push({ op: 'put', path: one.path, content: bytes(one.content), ...(base === undefined ? {} : { base }) });
      // Its revision is not known before the set is done, so a file made or changed here cannot be put again.
      if (file && (made.has(one.path) || base === 'pending')) sound = false;
      else if (file) set(file, one.content);
      else add(next, one.path, one.content);
    } else if (one.t === 'append') {
      out.push({ op: 'append', path: one.path, content: one.content });
      const file = next.live.get(one.path);
      if (file) set(file, file.content + one.content);
      else add(next, one.path, one.content);
    } else if (one.t === 'edit') {
      out.push({ op: 'edit', path: one.path, old: one.old, new: one.new, all: one.all });
      const file = next.live.get(one.path);
      const found = file ? file.content.split(one.old).length - 1 : 0;
      if (!file || file.content.includes('\u0000') || found === 0 || (found > 1 && !one.all)) sound = false;
      else set(file, file.content.split(one.old).join(one.new));
    } else if (one.t === 'move') {
      out.push({ op: 'move', from: one.from, to: one.to });
      const file = next.live.get(one.from);
      if (!file || (one.from !== one.to && next.live.has(one.to))) sound = false;
      else if (one.from !== one.to) rename(next, one.from, one.to);
    } else if (one.t === 'remove') {
      out.push({ op: 'remove', path: one.path });
      const file = next.live.get(one.path);
      if (!file) sound = false;
      else {
        file.revisions.push({ id: 'pending', content: file.content });
        next.live.delete(one.path);
      }
    }
    if (!sound) return { changes: out };
  }
  return { changes: out, after: next };

  function set(file: File, content: string): void {
    if (content === file.content) return;
    file.content = content;
    file.revisions.push({ id: 'pending', content });
  }
  function add(to: Model, at: string, content: string): void {
    const file: File = { content, revisions: [{ id: 'pending', content }], paths: [at] };
    made.add(at);
    to.live.set(at, file);
    to.all.push(file);
  }
  function rename(to: Model, from: string, at: string): void {
    const file = to.live.get(from);
    if (!file) return;
    file.revisions.push({ id: 'pending', content: file.content });
    file.paths.push(at);
    to.live.delete(from);
    to.live.set(at, file);
  }
};

/** Every text in `revs` is another one, every operation is shifted: nothing in it is right, all of it can be read. */
const garble = (db: Database): Promise<unknown> =>
  db.revs.toCollection().modify((row: { steps?: unknown[] }) => {
    row.steps =
      row.steps?.map((one) =>
        typeof one === 'string' ? `${one}?` : one && (one as unknown[]).map((v) => (typeof v === 'number' ? v + 1 : v)),
      ) ?? [];
  });

class Run {
  disk = createDisk();
  clock = createClock();
  model: Model = { live: new Map(), all: [] };
  k!: Memory;

  async boot(): Promise<void> {
    this.k = await bootMemory({ disk: this.disk, clock: this.clock });
  }

  write(list: Change[]) {
    return this.k.kernel.fs.write(list, { actor: 'operator', message: 'm', run: '', cause: '' });
  }

  /** Ids are not predicted but read: history of each file must be the model's, one id longer. */
  async adopt(model: Model): Promise<void> {
    for (const file of model.all) {
      if (!file.revisions.some((revision) => revision.id === 'pending')) continue;
      const history = await this.k.kernel.fs.history(file.paths.at(-1) ?? '');
      if (!history.ok) throw new Error(history.error.message);
      const known = new Set(file.revisions.map((revision) => revision.id));
      const others = new Set(
        model.all.flatMap((other) => (other === file ? [] : other.revisions.map((revision) => revision.id))),
      );
      const fresh = history.value.entries
        .map((entry) => entry.id)
        .filter((id) => !known.has(id) && !others.has(id))
        .reverse();
      for (const revision of file.revisions) if (revision.id === 'pending') revision.id = fresh.shift() ?? 'none';
      expect(file.revisions.map((revision) => revision.id)).not.toContain('none');
    }
    this.model = model;
  }

  async apply(one: Step): Promise<void> {
    if (one.t === 'flush') await this.k.kernel.fs.flush();
    else if (one.t === 'look') await this.check();
    else if (one.t === 'crash' || one.t === 'stop' || one.t === 'drop') {
      if (one.t === 'stop') await this.k.stop();
      else this.k.crash();
      if (one.t === 'drop') await this.drop(one.what);
      await this.boot();
      await this.check();
    } else if (one.t === 'moveDir') await this.moveDir(one.from, one.to);
    else if (one.t === 'refused') {
      const { changes: list } = play(this.model, [one.step]);
      const fault = refuseCommits(1, one.where);
      if (list.length > 0) await this.write(list).then((answer) => answer.ok || answer);
      fault.undo();
      // Whether it was refused by the contract, by the disk, or made no entry: the model is what it was or what it became.
      const { after } = play(this.model, [one.step]);
      const made = after && [...after.all].some((file) => file.revisions.some((revision) => revision.id === 'pending'));
      if (after && !made) this.model = after;
    } else if (one.t === 'burst') {
      // Writers at once, on files of their own: all are done, in their order.
      const own = one.steps.flatMap((each, i): Step[] =>
        'path' in each ? [{ t: 'append', path: `/workspace/m/burst${i}.md`, content: each.path }] : [],
      );
      const plays = own.map((each) => play(this.model, [each]));
      const answers = await Promise.all(plays.map(({ changes: list }) => this.write(list)));
      for (const answer of answers) expect(answer.ok).toBe(true);
      const { after } = play(this.model, own);
      if (after) await this.adopt(after);
    } else {
      const { changes: list, after } = play(this.model, one.t === 'set' ? one.steps : [one]);
      if (list.length === 0) return;
      const answer = await this.write(list);
      expect([
        list,
        answer.ok ? 'ok' : answer.error.code !== 'EIO' && answer.error.code !== 'EBUSY' ? 'refused' : answer.error,
      ]).toEqual([list, after ? 'ok' : 'refused']);
      if (after) await this.adopt(after);
    }
  }

  async moveDir(from: string, to: string): Promise<void> {
    const answer = await this.write([{ op: 'move', from, to }]);
    if (!answer.ok || from === to) return;
    const before = [...this.model.live];
    for (const [at, file] of before) {
      if (!at.startsWith(`${from}/`)) continue;
      const there = to + at.slice(from.length);
      this.model.live.delete(at);
      this.model.live.set(there, file);
      file.paths.push(there);
    }
  }

  drop(what: Lost): Promise<void> {
    return withDatabase(this.disk, async (db) => {
      const mark = await db.sys.get('proj:fs');
      if (what === 'garbled') await garble(db);
      else if (what !== 'version') await db[what].clear();
      else if (mark) await db.sys.put({ ...mark, v: { ...(mark.v as object), version: -1 } });
    });
  }

  async check(): Promise<void> {
    const { fs } = this.k.kernel;
    const all = await fs.list('/workspace', { depth: 64, limit: 10_000 });
    const listed = all.ok
      ? all.value.entries
          .filter((stat) => stat.kind === 'file' && stat.path.startsWith('/workspace/m/'))
          .map((stat) => stat.path)
      : [];
    expect(listed.sort()).toEqual([...this.model.live.keys()].sort());
    const encode = (content: string): string => Buffer.from(content, 'utf8').toString('hex');
    const read = async (at: string, revision?: string): Promise<string> => {
      const answer = await fs.read(at, { as: 'bytes', ...(revision ? { at: revision } : {}) });
      if (!answer.ok) return `${answer.error.code} ${answer.error.message}`;
      return Buffer.from(answer.value.content as Uint8Array).toString('hex');
    };
    for (const [at, file] of this.model.live) expect([at, await read(at)]).toEqual([at, encode(file.content)]);
    for (const file of this.model.all) {
      for (const { id, content } of file.revisions) {
        // Twice: the first may come from the journal, the second from what that left in `revs`.
        for (const at of new Set(file.paths))
          for (const _ of ['first', 'again']) expect([at, id, await read(at, id)]).toEqual([at, id, encode(content)]);
      }
    }
    expect((await this.k.journal.verify(1)).fault).toBeUndefined();
  }
}

test('[F5] [F2] [J7] [S4] [A3] [A9] random operations, failures, crashes and lost projections: every revision reads back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const run = new Run();
      await run.boot();
      for (const one of steps) await run.apply(one);
      await run.check();
      const before = await run.k.kernel.fs.list('/workspace', { depth: 64 });
      run.k.crash();
      await run.boot();
      expect(await run.k.kernel.fs.list('/workspace', { depth: 64 })).toEqual(before);
      await run.check();
      run.k.crash();
    }),
    { numRuns: 60 },
  );
}, 120_000);
