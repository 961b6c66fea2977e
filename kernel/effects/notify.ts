/**
 * notify: tell the operator something. It leaves no device and writes no file itself; who shows and keeps the notice is
 * injected by the composition root.
 */
import { isNotify } from '../protocol/effects.ts';
import { err, ok } from '../protocol/errors.ts';
import type { Carry } from './carry.ts';

export const notify: Carry = async (sys, effect, options) => {
  if (!isNotify(effect))
    return err('EINVAL', 'A notice needs a title of 1 to 200 characters, and a body of at most 4,000.');
  await options.notify({ title: effect.title, body: effect.body ?? '', by: sys.actor, run: sys.run });
  return ok({ said: 'shown to the operator' });
};
