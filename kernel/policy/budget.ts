/**
 * What may be spent: which limits bind a run, what is left of each, and how long an answer may be for it. Pure; the
 * facts come from the operator's policy, the role, the job and the powers of the program, the spending from the ledger.
 */
import type { Actor } from '../protocol/actor.ts';
import { POLICY, roleFile } from '../protocol/capability.ts';
import type { DeviceId } from '../protocol/entry.ts';
import type { Job } from '../protocol/formats/job.ts';
import type { Policy } from '../protocol/formats/policy.ts';
import type { InstalledProgram } from '../protocol/formats/records.ts';
import type { Role } from '../protocol/formats/role.ts';
import { nanoOfUsd, type Nano } from '../protocol/money.ts';
import type { Path } from '../protocol/paths.ts';
import { periodAt, type Period } from './periods.ts';

export type Limit = {
  scope: 'run' | 'agent' | 'job' | 'program' | 'device' | 'all';
  /** Whose: a run's id, an actor, a job's path, a program's name, a device; '' for everything. */
  of: string;
  per: 'run' | Period;
  nano: Nano;
  /** Where the operator changes it. */
  where: string;
};

/** One call: what it cost, or while it is open what it may cost. */
export type Spending = {
  at: string;
  run: string;
  actor: Actor;
  job?: Path;
  program?: string;
  device: DeviceId;
  nano: Nano;
  settled?: { nano: Nano };
};

export type Bound = {
  run?: string;
  role?: Role | undefined;
  job?: Pick<Job, 'path' | 'budget'> | undefined;
  program?: Pick<InstalledProgram, 'name' | 'powers'> | undefined;
};

/** The role's or the job's own word. A role's `usd` is for a month, a job's for one run, where `per` does not say. */
const ownLimits = (
  budget: Role['budget'],
  usual: Limit['per'],
  limit: Omit<Limit, 'per' | 'nano'>,
  run: string | undefined,
): Limit[] => {
  const out: Limit[] = [];
  const add = (usd: number | undefined, per: Limit['per']): void => {
    if (usd === undefined) return;
    const nano = nanoOfUsd(usd);
    if (per !== 'run') out.push({ ...limit, per, nano });
    else if (run !== undefined) out.push({ ...limit, scope: 'run', of: run, per, nano });
  };
  add(budget?.usd, budget?.per ?? usual);
  add(budget?.per_run, 'run');
  return out;
};

const PERIODS = ['day', 'week', 'month'];

/**
 * A device's part of the whole. Devices that cannot hear each other keep to theirs, so that together they do not spend
 * more: named shares are cut down to 1 together, a device that is not named has none, and without names each of those
 * that ever wrote here has an equal part.
 */
export const shareOf = (
  shares: Record<string, number> | undefined,
  device: DeviceId,
  devices: readonly DeviceId[],
): number => {
  if (shares === undefined) return 1 / Math.max(1, devices.length);
  const sum = Object.values(shares).reduce((all, share) => all + Math.max(0, share), 0);
  const named = Object.entries(shares).find(([name]) => name.length >= 8 && device.startsWith(name))?.[1] ?? 0;
  return Math.max(0, named) / Math.max(1, sum);
};

export const limitsOf = (
  { run, role, job, program }: Bound,
  policy: Pick<Policy, 'budget'>,
  device: DeviceId,
  devices: readonly DeviceId[],
): Limit[] => {
  const limits: Limit[] = [];
  if (role) {
    const actor: Actor = `agent:${role.name}`;
    limits.push(...ownLimits(role.budget, 'month', { scope: 'agent', of: actor, where: roleFile(role.name) }, run));
  }
  if (job) limits.push(...ownLimits(job.budget, 'run', { scope: 'job', of: job.path, where: job.path }, run));
  const spend = program?.powers.spend;
  if (program && spend && PERIODS.includes(spend.per)) {
    const where = `the powers of the program ${program.name}`;
    limits.push({
      scope: 'program',
      of: program.name,
      per: spend.per as Period,
      nano: nanoOfUsd(spend.usd),
      where,
    });
  }
  const { budget } = policy;
  if (!budget) return limits;
  const all = nanoOfUsd(budget.usd);
  limits.push({ scope: 'all', of: '', per: budget.per, nano: all, where: POLICY });
  const part = Math.floor(all * shareOf(budget.devices, device, devices));
  if (part < all) limits.push({ scope: 'device', of: device, per: budget.per, nano: part, where: POLICY });
  return limits;
};

const counts = (limit: Pick<Limit, 'scope' | 'of'>, one: Spending): boolean => {
  if (limit.scope === 'run') return one.run === limit.of;
  if (limit.scope === 'agent') return one.actor === limit.of;
  if (limit.scope === 'job') return one.job === limit.of;
  if (limit.scope === 'program') return one.program === limit.of;
  return limit.scope === 'all' || one.device === limit.of;
};

/** Settled and open; `left` is less than nothing where a call cost more than was thought, or the operator went on. */
export const balance = (
  limit: Limit,
  spending: Iterable<Spending>,
  now: number,
  timeZone: string,
): { spent: Nano; reserved: Nano; left: Nano } => {
  // Times of the ledger are all written alike, so they compare as text.
  const from = limit.per === 'run' ? '' : new Date(periodAt(limit.per, now, timeZone).from).toISOString();
  let [spent, reserved] = [0, 0];
  for (const one of spending) {
    if (!counts(limit, one) || one.at < from) continue;
    if (one.settled) spent += one.settled.nano;
    else reserved += one.nano;
  }
  return { spent, reserved, left: limit.nano - spent - reserved };
};

const WHOSE: Record<Limit['scope'], (of: string) => string> = {
  run: () => 'this run',
  agent: (of) => of.replace(':', ' '),
  job: (of) => `the job ${of}`,
  program: (of) => `the program ${of}`,
  device: (of) => `the share of this device (${of.slice(0, 12)})`,
  all: () => 'everything',
};

/** "0.5 USD a day for agent clerk". */
export const limitWords = ({ scope, of, per, nano }: Limit): string =>
  `${nano / 1e9} USD ${per === 'run' ? '' : `a ${per} `}for ${WHOSE[scope](of)}`;
