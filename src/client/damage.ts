/**
 * What /proc/kernel says is wrong with the journal: damage, for which the workspace is open for reading only, and forks,
 * where one device's history goes on in two ways. Asked again now and then: damage is found by checks, not by events.
 */
import { onCleanup } from 'solid-js';
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import { useClient } from './context.ts';
import { createLive, fromJson, type Live } from './live.ts';

export type Damage = {
  readonly?: { seq?: number; message: string };
  /** In how many places. */
  forks: number;
};

const AGAIN_MS = 60_000;

export const parseDamage = (value: unknown): Damage => {
  const fields = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  const { readonly, forks } = fields;
  const found = readonly !== null && typeof readonly === 'object' ? (readonly as Record<string, unknown>) : undefined;
  const { seq, message } = found ?? {};
  return {
    ...(found
      ? {
          readonly: {
            ...(typeof seq === 'number' ? { seq } : {}),
            message: typeof message === 'string' ? message : 'The journal is damaged. Nothing can be written.',
          },
        }
      : {}),
    forks: Array.isArray(forks) ? forks.length : typeof forks === 'number' ? forks : 0,
  };
};

export const createDamage = (): Live<Damage> => {
  const client = useClient();
  const damage = createLive<Damage>(
    () => '/proc/kernel',
    async (): Promise<Result<Damage>> => {
      const read = await client.stub.read('/proc/kernel', { as: 'text' });
      return read.ok ? ok(parseDamage(fromJson(read.value.content))) : read;
    },
  );
  const timer = setInterval(damage.reload, AGAIN_MS);
  onCleanup(() => clearInterval(timer));
  return damage;
};
