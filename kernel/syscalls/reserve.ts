/**
 * reserve: before a model is asked, set aside the most that the call can cost, in the run's record and the ledger as one
 * change set. Where less is left the answer is made shorter, down to a length that still helps; below it nothing is
 * asked. The operator's own chat goes on over a limit of time, and says so; a limit for the run itself holds always.
 */
import { balance, limitWords, type Limit } from '../policy/budget.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Reserve } from '../protocol/formats/ledger.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import { answerCost, answerFor, LEAST_ANSWER, moneyWords, requestCost, usdOf } from '../protocol/money.ts';
import type { ParsedArgs, Values } from '../protocol/syscalls.ts';
import type { Ledger } from '../process/ledger.ts';
import type { Process } from '../process/processes.ts';
import { belongings, limitsFor, zoneOf } from './budgets.ts';
import { authorOf, type Handler, type Kernel } from './kernel.ts';
import { settle } from './settle.ts';

/** The operator asked an agent, in person; what an agent, a daemon or a job starts is held to every limit. */
const isOwnChat = (process: Process): boolean => process.by === 'operator' && process.kind === 'agent';

type Tight = { limit: Limit; left: number };

const tightest = (limits: readonly Limit[], ledger: Ledger, now: number, timeZone: string): Tight | undefined =>
  limits
    .map((limit) => ({ limit, left: balance(limit, ledger.accounts(), now, timeZone).left }))
    .sort((a, b) => a.left - b.left)[0];

const refuse = ({ limit, left }: Tight, most: number): Result<never> => {
  const used = limit.scope === 'run' ? 'This run has used its budget' : 'The budget is used up, so no model was asked';
  const message = `${used}: of ${limitWords(limit)}, ${moneyWords(Math.max(0, left))} is left, and the next call can cost ${moneyWords(most)}. Raise it in ${limit.where}${limit.per === 'run' ? '' : `, or wait for the next ${limit.per}`}. What was done so far is kept.`;
  return err('EDQUOT', message, {
    detail: { scope: limit.scope, of: limit.of, per: limit.per, skip: limit.per !== 'run' },
  });
};

/** How long the answer may be, by what is left. */
const allowed = (
  { price, tokens, max_tokens }: ParsedArgs<'reserve'>,
  hard: Tight | undefined,
  soft: Tight | undefined,
): Result<Values['reserve']> => {
  const request = requestCost(price, tokens);
  const most = request + answerCost(price, max_tokens);
  if (hard && most > Math.max(0, hard.left)) {
    const fits = answerFor(price, hard.left - request);
    if (fits < Math.min(LEAST_ANSWER, max_tokens)) return refuse(hard, most);
    const notice = `This answer may have ${fits} tokens instead of ${max_tokens}: no more is left of ${limitWords(hard.limit)}.`;
    return ok({ max_tokens: fits, notice });
  }
  if (!soft || most <= Math.max(0, soft.left)) return ok({ max_tokens });
  const notice = `Over budget: of ${limitWords(soft.limit)}, ${moneyWords(Math.max(0, soft.left))} was left. It goes on because you asked for it yourself.`;
  return ok({ max_tokens, notice });
};

const write = async (
  kernel: Kernel,
  ledger: Ledger,
  caller: Parameters<Handler<'reserve'>>[1],
  file: string,
  line: Reserve,
  maxTokens: number,
): Promise<Result<unknown>> => {
  const { id, at, model, nano } = line;
  const record: RunRecord = { t: 'reserve', at, id, model, usd: usdOf(nano), max_tokens: maxTokens };
  // In the ledger before anything is awaited: what two calls see as left is never the same dollar.
  const held = ledger.hold(line);
  const written = await kernel.fs.write(
    [{ op: 'append', path: file, content: `${JSON.stringify(record)}\n` }, held],
    authorOf(caller, `Step of run ${line.run}: reserve`),
  );
  if (!written.ok) ledger.forget(id);
  return written;
};

export const reserve: Handler<'reserve'> = async (kernel, caller, args) => {
  const process = kernel.processes.get(caller.run);
  if (!process?.file) return err('ENOENT', 'This process keeps no record, or it has ended.');
  const ledger = await kernel.ledger.open();
  // A run asks one thing at a time: what it did not settle before, it never will.
  const before = ledger.openOf(process.id);
  if (before) {
    const settled = await settle(kernel, caller, process.file, before, { how: 'unknown' });
    if (!settled.ok) return settled;
  }
  const limits = await limitsFor(kernel, ledger, process);
  const timeZone = zoneOf(await kernel.facts.policy());
  const binds = (limit: Limit): boolean => limit.per === 'run' || !isOwnChat(process);
  const now = kernel.now();
  const hard = tightest(limits.filter(binds), ledger, now, timeZone);
  const soft = tightest(
    limits.filter((limit) => !binds(limit)),
    ledger,
    now,
    timeZone,
  );
  const allowance = allowed(args, hard, soft);
  if (!allowance.ok) return allowance;
  const { max_tokens } = allowance.value;
  const line: Reserve = {
    t: 'reserve',
    id: ledger.nextId(process.id),
    at: new Date(now).toISOString(),
    run: process.id,
    actor: process.actor,
    ...belongings(kernel, process),
    model: args.model,
    price: args.price,
    nano: requestCost(args.price, args.tokens) + answerCost(args.price, max_tokens),
  };
  const written = await write(kernel, ledger, caller, process.file, line, max_tokens);
  return written.ok ? allowance : written;
};
