/** would: what would happen if this actor did that now. The same decision as the gate's, and nothing is done. */
import { isOutward } from '../protocol/effects.ts';
import { ok, type Result } from '../protocol/errors.ts';
import type { Values } from '../protocol/syscalls.ts';
import { decideRead, decideWrite, type Verdict } from '../policy/decide.ts';
import { decideEffect } from '../policy/decide-effect.ts';
import type { Handler } from './kernel.ts';

const said = (verdict: Verdict): Values['would'] =>
  verdict.verdict === 'apply' ? { verdict: 'apply' } : { verdict: verdict.verdict, reason: verdict.reason };

export const would: Handler<'would'> = async (kernel, _caller, asked): Promise<Result<Values['would']>> => {
  const facts = await kernel.facts[asked.effect && isOutward(asked.effect) ? 'outside' : 'of'](asked.actor, []);
  if (asked.effect) return ok(said(decideEffect(asked.actor, asked.effect, facts)));
  const path = asked.path ?? '/workspace';
  return ok(said(asked.what === 'read' ? decideRead(asked.actor, path) : decideWrite(asked.actor, path, facts)));
};
