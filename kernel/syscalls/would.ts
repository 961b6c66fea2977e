/** would: what would happen if this actor did that now. The same decision as the gate's, and nothing is done. */
import { ok, type Result } from '../protocol/errors.ts';
import type { Values } from '../protocol/syscalls.ts';
import { decideRead, decideWrite, type Verdict } from '../policy/decide.ts';
import { decideEffect } from '../policy/decide-effect.ts';
import type { Handler } from './kernel.ts';
import { factsFor } from './outside-facts.ts';

const said = (verdict: Verdict): Values['would'] =>
  verdict.verdict === 'apply' ? { verdict: 'apply' } : { verdict: verdict.verdict, reason: verdict.reason };

export const would: Handler<'would'> = async (kernel, _caller, asked): Promise<Result<Values['would']>> => {
  if (asked.effect)
    return ok(said(decideEffect(asked.actor, asked.effect, await factsFor(kernel, asked.actor, asked.effect))));
  const facts = await kernel.facts.of(asked.actor, []);
  const path = asked.path ?? '/workspace';
  return ok(said(asked.what === 'read' ? decideRead(asked.actor, path) : decideWrite(asked.actor, path, facts)));
};
