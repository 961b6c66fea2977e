/**
 * The effects' port: looks the kind up and carries it out. It decides nothing; whether an effect may happen was decided
 * at the gate. What fails becomes an answer, never a throw.
 */
import { err } from '../protocol/errors.ts';
import type { EffectsPort } from '../protocol/ports.ts';
import type { EffectsOptions } from './carry.ts';
import { EFFECTS } from './table.ts';

const LIMITS = { ms: 30_000, bytes: 1_000_000 };

type Given = Pick<EffectsOptions, 'notify' | 'secrets'> & Partial<EffectsOptions>;

export const createEffects = (given: Given): EffectsPort => {
  const options: EffectsOptions = { fetch: (...call) => fetch(...call), limits: LIMITS, ...given };
  return {
    run: async (sys, effect, server) => {
      const carry = EFFECTS.get(effect.kind);
      if (!carry)
        return err(
          'ENOSYS',
          `There is no effect "${effect.kind}" here, so nothing was done. Known: ${[...EFFECTS.keys()].join(', ')}.`,
        );
      try {
        return await carry(sys, effect, options, server);
      } catch (cause) {
        return err(
          'EIO',
          `The effect ${effect.kind} broke: ${cause instanceof Error ? cause.message : 'no reason given'}.`,
        );
      }
    },
  };
};
