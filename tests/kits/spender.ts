// A kernel with one agent, the clerk, whose model is a script: every reservation and every settlement a call of its own.
import { onTestFinished } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../../kernel/boot/memory.ts';
import type { Result } from '../../kernel/protocol/errors.ts';
import { LEDGER, parseLedger, type LedgerLine } from '../../kernel/protocol/formats/ledger.ts';
import { emptyUsage, type RunRecord, type Usage } from '../../kernel/protocol/formats/records.ts';
import type { Ended } from '../../kernel/protocol/ports.ts';
import type { Values } from '../../kernel/protocol/syscalls.ts';
import type { Sys } from '../../kernel/protocol/sys.ts';

export const PRICE = { input: 1, output: 10, cache_write: 1, cache_read: 0.1 };
/** 1,000 tokens in, 10,000 out: 0.101 USD at the most. */
export const CALL = { model: 'm', price: PRICE, tokens: 1_000, max_tokens: 10_000 };
export const usage = (output: number, more: Partial<Usage> = {}): Usage => ({
  ...emptyUsage(),
  input: 1_000,
  output,
  ...more,
});

export type Body = (sys: Sys) => Promise<Ended>;
export const reserve = (sys: Sys, more: Partial<typeof CALL> = {}): Promise<Result<Values['reserve']>> =>
  sys.invoke('reserve', { ...CALL, ...more });
export const said = (sys: Sys, used: Usage) =>
  sys.invoke('log', {
    record: { t: 'model', at: 'now', ms: 1, model: 'm', content: [], stop: 'end_turn', usage: used },
  });
export const done = async (): Promise<Ended> => ({ state: 'done', text: 'x', usage: emptyUsage() });
export const refused = (result: Result<unknown>): string =>
  result.ok ? '' : `${result.error.code} ${result.error.message}`;

export const boot = async (more: { disk?: Disk; clock?: Memory['clock'] } = {}) => {
  let body: Body = done;
  const disk = more.disk ?? createDisk();
  const k = await bootMemory({ ...more, disk, ports: () => ({ agents: { run: (sys) => body(sys) } }) });
  let crashed = false;
  onTestFinished(async () => {
    if (!crashed) await k.stop();
  });
  const op = k.as('operator');
  const put = async (path: string, content: string): Promise<void> => {
    const read = await op.read(path);
    const base = read.ok ? read.value.stat.revision : null;
    const written = await op.write([{ op: 'put', path, content, base }], { message: 'm' });
    if (!written.ok) throw new Error(written.error.message);
  };
  const role = (budget: string): Promise<void> =>
    put('/workspace/agents/clerk/AGENT.md', `---\nname: clerk\n${budget}\n---\nWork.\n`);
  await role('');
  const fire = async (next: Body, path = '/workspace/agents/clerk', as: Sys = op) => {
    body = next;
    const fired = await as.fire(path, { args: { prompt: 'p', wait: true } });
    if (!fired.ok) throw new Error(fired.error.message);
    return { run: fired.value.run ?? '', ended: fired.value.result as Ended };
  };
  return {
    k,
    op,
    put,
    role,
    fire,
    disk,
    crash: () => {
      crashed = true;
      k.crash();
    },
    again: () => boot({ disk, clock: k.clock }),
  };
};

export const ledgerOf = async (k: Memory): Promise<LedgerLine[]> => {
  const lines: LedgerLine[] = [];
  for (const { path } of k.kernel.fs.files(LEDGER)) {
    const read = await k.as('operator').read(path);
    lines.push(...parseLedger(read.ok ? String(read.value.content) : ''));
  }
  return lines;
};
export const recordsOf = async (k: Memory, run: string): Promise<RunRecord[]> => {
  const read = await k.as('operator').read(`/system/runs/2026-11-23/${run}.jsonl`);
  if (!read.ok) throw new Error(read.error.message);
  return String(read.value.content)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunRecord);
};
/** Oldest first. */
export const causesOf = async (k: Memory, path: string): Promise<(string | undefined)[]> => {
  const history = await k.kernel.fs.history(path);
  return history.ok ? history.value.entries.map(({ cause }) => cause).reverse() : [];
};
export type Budget = {
  limits: { scope: string; of: string; per: string; usd: number; spent: number; reserved: number; left: number }[];
  month: {
    spent: number;
    reserved: number;
    unknown: number;
    agents: Record<string, number>;
    devices: Record<string, number>;
  };
  open: { run: string; usd: number }[];
  share: number;
};
export const budgetOf = async (k: Memory): Promise<Budget> => {
  const read = await k.as('operator').read('/proc/budget');
  if (!read.ok) throw new Error(read.error.message);
  return JSON.parse(String(read.value.content)) as Budget;
};
