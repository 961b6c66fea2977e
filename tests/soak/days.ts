// Five hundred days of a workspace in memory: a clock that only this moves, scripted models with a real price, crashes and
// spells without a network in a random order. In the end every slot is accounted for, the ledger is the server's own sum,
// nothing was sent twice, and every owed output is there or its run failed. Exit code 1 when anything is not so.
import { bootMemory, createClock, createDisk, type Memory } from '../../kernel/boot/memory.ts';
import { createExpiry } from '../../kernel/daemons/expiry.ts';
import { createNarrative } from '../../kernel/daemons/narrative.ts';
import { createScheduler } from '../../kernel/daemons/scheduler.ts';
import { err, ok } from '../../kernel/protocol/errors.ts';
import { LEDGER, parseLedger, type LedgerLine } from '../../kernel/protocol/formats/ledger.ts';
import { emptyUsage, parseRun, type Proposal, type Usage } from '../../kernel/protocol/formats/records.ts';
import { dueSlots, parseSlots, standingSlots, type Schedule } from '../../kernel/protocol/formats/schedule.ts';
import { answerCost, costOf, requestCost } from '../../kernel/protocol/money.ts';
import type { Ended } from '../../kernel/protocol/ports.ts';
import type { Sys } from '../../kernel/protocol/sys.ts';

const PRICE = { input: 3, output: 15, cache_write: 3.75, cache_read: 0.3 };
const CALL = { model: 'm', price: PRICE, tokens: 2_000, max_tokens: 2_000 };
const MOST = requestCost(PRICE, CALL.tokens) + answerCost(PRICE, CALL.max_tokens);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5, 5);

const JOBS: Record<string, { schedule: Schedule; text: string }> = {
  morning: {
    schedule: { lines: ['0 7 * * *'], tz: 'Europe/Berlin' },
    text: '---\nagent: ana\nschedule: "0 7 * * *"\ntz: Europe/Berlin\nexpects: /workspace/out/{date}.md\n---\nWrite {date}.',
  },
  hourly: {
    schedule: { lines: ['15 * * * *'] },
    text: '---\nagent: ana\nschedule: "15 * * * *"\n---\nLook.',
  },
  weekly: {
    schedule: { lines: ['30 8 * * 1', '30 8 * * 4'], tz: 'America/New_York' },
    text: '---\nagent: ana\nschedule: ["30 8 * * 1", "30 8 * * 4"]\ntz: America/New_York\n---\nSend.',
  },
};

const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

const NEVER = new Promise<never>(() => undefined);

/** The world outside: what the model's server counted, and what reached the shop. */
const createWorld = (random: () => number) => {
  const reported = new Map<string, number>();
  const sent = new Map<string, number>();
  const world = { online: true, calls: 0, unheard: 0, lost: 0, crashes: 0 };

  /** One call of a model. Answers `hang` where the kernel is to die before it hears the end. */
  const call = async (sys: Sys): Promise<'hang' | 'refused' | 'done'> => {
    const held = await sys.invoke('reserve', CALL);
    if (!held.ok) return 'refused';
    const id = ++world.calls;
    const used: Usage = {
      input: Math.floor(random() * 1_500),
      output: Math.floor(random() * 1_500),
      cacheWrite: Math.floor(random() * 300),
      cacheRead: Math.floor(random() * 200),
    };
    const luck = random();
    if (luck < 0.02) {
      world.unheard++;
      return 'hang';
    }
    if (luck < 0.05) {
      world.lost++;
      await sys.invoke('log', {
        record: { t: 'spent', at: 'now', model: 'm', usage: emptyUsage(), usd: 0, how: 'unknown' },
      });
      return 'refused';
    }
    const logged = await sys.invoke('log', {
      record: { t: 'model', at: 'now', ms: 1, model: 'm', content: [], stop: 'end_turn', usage: used },
    });
    // On record or not: a kernel that dies here has settled it, or has not heard of it.
    if (logged.ok) reported.set(`${id}`, costOf(PRICE, used));
    return logged.ok ? 'done' : 'refused';
  };
  return { world, reported, sent, call };
};

const failed = (message: string): Ended => ({
  state: 'failed',
  usage: emptyUsage(),
  error: { code: 'EIO', call: 'model', message },
});

export const live = async (days: number, seed: number): Promise<{ wrong: string[]; said: string[] }> => {
  const random = randomFrom(seed);
  const { world, reported, sent, call } = createWorld(random);
  const disk = createDisk();
  const clock = createClock(START);
  let dying = false;

  const agent = async (sys: Sys, slug: string, date: string): Promise<Ended> => {
    if (!world.online) return failed('This device is offline.');
    for (let turn = 0; turn < 1 + Math.floor(random() * 2); turn++) {
      const how = await call(sys);
      if (how === 'hang') {
        dying = true;
        return NEVER;
      }
      if (how === 'refused') return failed('The model gave no answer.');
    }
    if (slug === 'morning' && random() > 0.05) {
      const path = `/workspace/out/${date}.md`;
      const content = `${date}: all is well.\n`;
      await sys.write([{ op: 'append', path, content }], { message: 'The morning report' });
    }
    if (slug === 'weekly')
      await sys.propose({
        effect: { kind: 'shop', order: sys.run },
        rationale: 'The weekly order.',
        reversibility: 'irreversible',
      });
    return { state: 'done', text: 'fine', usage: emptyUsage() };
  };

  /** Timers of a kernel that crashed do not come any more. */
  let standing = 0;
  const open = (): Promise<Memory> => {
    const mine = ++standing;
    const setTimer: typeof clock.setTimer = (run, ms) => clock.setTimer(() => mine === standing && run(), ms);
    return bootMemory({
      disk,
      clock,
      daemons: [
        createScheduler({ setTimer, report: () => undefined }),
        createExpiry(setTimer),
        createNarrative({ setTimer }),
      ],
      ports: () => ({
        agents: { run: (sys, { job, date }) => agent(sys, job?.slug ?? '', date) },
        effects: {
          run: async (_sys, effect) => {
            const order = String('order' in effect ? effect.order : '');
            sent.set(order, (sent.get(order) ?? 0) + 1);
            // It was sent, and the kernel dies before it hears so.
            if (random() < 0.1) {
              dying = true;
              return NEVER;
            }
            return random() < 0.1 ? err('EIO', 'The shop refused.') : ok({ said: 'ordered' });
          },
        },
      }),
    });
  };

  const decideSome = async (k: Memory): Promise<void> => {
    const op = k.as('operator');
    const listed = await op.list('/system/proposals', { limit: 10_000 });
    for (const { path } of listed.ok ? listed.value.entries.slice(-20) : []) {
      const read = await op.read(path);
      const proposal = JSON.parse(read.ok ? String(read.value.content) : '{}') as Proposal;
      if (proposal.state !== 'pending' || random() < 0.3) continue;
      // Twice, as two impatient hands would.
      const verdict = random() < 0.9 ? ('approve' as const) : ('reject' as const);
      for (let hand = 0; hand < 2; hand++)
        void op.invoke('decide', { id: proposal.id, verdict, hash: proposal.hash }).catch(() => undefined);
      await clock.advance(1);
      if (dying) return;
    }
  };

  let k = await open();
  const op = k.as('operator');
  const files = {
    '/workspace/agents/ana/AGENT.md': '---\nname: ana\ntools: [write, propose]\nwrite: [/workspace/out/**]\n---\nWork.',
    ...Object.fromEntries(Object.entries(JOBS).map(([slug, { text }]) => [`/workspace/jobs/${slug}.md`, text])),
  };
  await op.write(
    Object.entries(files).map(([path, content]) => ({ op: 'put' as const, path, content })),
    { message: 'Begin' },
  );
  await op.invoke('grant', { actor: 'agent:ana', write: ['/workspace/out/**'] });
  await clock.advance(1);

  /** The kernel is gone without a word, and opened again. */
  const again = async (): Promise<void> => {
    for (let tries = 0; dying && tries < 10; tries++) {
      dying = false;
      world.crashes++;
      k.crash();
      k = await open();
      await clock.advance(1);
    }
  };
  const begun = Date.now();
  for (let day = 1; day <= days; day++) {
    // Opened some times a day, for some minutes; now and then not at all, and now and then for a while without a network.
    const sessions = random() < 0.1 ? 0 : 1 + Math.floor(random() * 2);
    for (let session = 0; session < sessions; session++) {
      world.online = random() > 0.1;
      await clock.advance(MINUTE + Math.floor(random() * 2 * MINUTE));
      await again();
      await decideSome(k);
      await again();
      if (random() < 0.05) {
        dying = true;
        await again();
      }
      await k.stop();
      // Mostly forward; a clock that is set back a little must not repeat anything.
      clock.set(clock.now() + (random() < 0.02 ? -10 * MINUTE : Math.floor(((1 + random()) * 8 * HOUR) / sessions)));
      k = await open();
      await clock.advance(1);
      await again();
      await decideSome(k);
      await again();
    }
    clock.set(Math.max(clock.now(), START + day * DAY));
    if (day % 100 === 0)
      console.log(`day ${day}, ${k.journal.entryCount()} entries, ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  }
  world.online = true;
  await clock.advance(3 * MINUTE);
  await again();

  const wrong: string[] = [];
  const texts = async (folder: string): Promise<[string, string][]> => {
    const found: [string, string][] = [];
    for (const { path } of k.kernel.fs.files(folder)) {
      const read = await k.kernel.fs.read(path, { as: 'text' });
      found.push([path, read.ok ? String(read.value.content) : '']);
    }
    return found;
  };
  const counts: Record<string, number> = {};
  const answered = new Set<string>();
  const slots = await texts('/system/slots');
  for (const [slug, { schedule }] of Object.entries(JOBS)) {
    const lines = slots.flatMap(([path, text]) => (path.includes(`/${slug}/`) ? parseSlots(text) : []));
    const since = lines.find((line) => line.t === 'schedule');
    let until = Date.parse(since?.t === 'schedule' ? since.at : '');
    for (const { slot, from, state, run, count = 1 } of standingSlots(lines)) {
      counts[state] = (counts[state] ?? 0) + count;
      if (run) answered.add(run);
      if (state === 'running') wrong.push(`${slug} ${slot} still runs`);
      const due = dueSlots(schedule, until, Date.parse(slot));
      if (due?.count !== count || due.first !== Date.parse(from ?? slot))
        wrong.push(`${slug} ${slot}: ${due?.count} were due, ${count} stand`);
      until = Date.parse(slot);
    }
    const owed = dueSlots(schedule, until, clock.now() - 2 * MINUTE);
    if (owed) wrong.push(`${slug}: ${owed.count} slots after ${new Date(until).toISOString()} are not accounted for`);
  }
  const runs = (await texts('/system/runs')).map(([path, text]) => ({
    path,
    records: parseRun(text),
  }));
  let taken = 0;
  for (const { path, records } of runs) {
    const ends = records.filter((record) => record.t === 'end');
    const start = records[0];
    if (ends.length !== 1) wrong.push(`${path} has ${ends.length} ends`);
    taken += records.filter((record) => record.t === 'note' && record.resumed).length;
    if (start?.t !== 'start' || !answered.has(start.id)) wrong.push(`${path} stands for no slot`);
    const [end] = ends;
    if (end?.t === 'end' && end.state === 'done' && start?.t === 'start' && start.job?.endsWith('morning.md')) {
      const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(new Date(start.at));
      if (!k.kernel.fs.stat(`/workspace/out/${date}.md`)) wrong.push(`${path} is done without ${date}.md`);
    }
  }
  const ledger: LedgerLine[] = (await texts(LEDGER)).flatMap(([, text]) => parseLedger(text));
  const settled = ledger.flatMap((line) => (line.t === 'settle' ? [line] : []));
  const told = settled.filter(({ how }) => how === 'reported').reduce((sum, { nano }) => sum + nano, 0);
  const server = [...reported.values()].reduce((sum, nano) => sum + nano, 0);
  const unknown = settled.filter(({ how }) => how === 'unknown');
  if (told !== server) wrong.push(`the ledger says ${told} nano-USD, the server ${server}`);
  if (unknown.length !== world.unheard + world.lost || unknown.some(({ nano }) => nano !== MOST))
    wrong.push(`${unknown.length} calls of unknown end in the ledger, ${world.unheard + world.lost} outside`);
  if (ledger.filter(({ t }) => t === 'reserve').length !== settled.length) wrong.push('a reservation is left over');
  const proposals = (await texts('/system/proposals')).map(([, text]) => JSON.parse(text) as Proposal);
  for (const [order, times] of sent) if (times !== 1) wrong.push(`order ${order} was sent ${times} times`);
  const states: Record<string, number> = {};
  for (const { state } of proposals) states[state] = (states[state] ?? 0) + 1;
  if (states['executing'] || states['approved']) wrong.push('a proposal is left in the middle');
  const tried = (states['executed'] ?? 0) + (states['failed'] ?? 0) + (states['unknown'] ?? 0);
  if (tried !== sent.size) wrong.push(`${tried} proposals were carried out, ${sent.size} orders came`);
  if ((await k.journal.verify(1)).fault) wrong.push('the chain is broken');
  const bytes = await k.journal.check();
  const entries = k.journal.entryCount();
  await k.stop();
  const list = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return {
    wrong,
    said: [
      `${days} days, seed ${seed}: ${world.crashes} crashes; slots: ${list(counts)}`,
      `${runs.length} runs, taken up ${taken} times; ${world.calls} model calls, ${(told / 1e9).toFixed(6)} USD reported by both, ${unknown.length} of unknown end`,
      `proposals: ${list(states)}; ${sent.size} orders, none twice`,
      `${entries} entries (${(entries / days).toFixed(0)} a day), all ${bytes.entries} sound`,
    ],
  };
};

export const main = async (argv: readonly string[]): Promise<number> => {
  const option = (name: string, usual: number): number => Number(argv[argv.indexOf(name) + 1] ?? usual) || usual;
  const { wrong, said } = await live(
    argv.includes('--days') ? option('--days', 500) : 500,
    argv.includes('--seed') ? option('--seed', 1) : 1,
  );
  for (const line of said) console.log(line);
  console.log(wrong.length === 0 ? 'All as it should be.' : `WRONG (${wrong.length}):`);
  for (const line of wrong.slice(0, 40)) console.log(`  ${line}`);
  return wrong.length > 0 ? 1 : 0;
};
