/**
 * The question of the search room: from the address to the call's arguments, and what to try when nothing was found.
 * Days are the operator's own: from the first moment of `since` to the last of `until`. Pure.
 */
import type { Args } from '../../../kernel/protocol/syscalls.ts';
import type { SearchAsked } from '../../client/route.ts';

export const MOST_HITS = 1_000;

/** The first moment of a day as the clock on the wall has it; undefined when it is no day. */
const dayAt = (day: string | undefined, plus: number): Date | undefined => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '');
  if (!parts) return undefined;
  const date = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + plus);
  return Number.isNaN(date.getTime()) ? undefined : date;
};

/** Undefined while there is nothing to ask. */
export const argsOf = (asked: SearchAsked): Args<'search'> | undefined => {
  const query = asked.mode === undefined ? (asked.query ?? '').trim() : (asked.query ?? '');
  if (query === '') return undefined;
  const since = dayAt(asked.since, 0);
  const end = dayAt(asked.until, 1);
  return {
    query,
    under: asked.under ?? '/workspace',
    mode: asked.mode ?? 'text',
    limit: MOST_HITS,
    ...(asked.actor ? { actor: asked.actor } : {}),
    ...(since ? { since: since.toISOString() } : {}),
    ...(end ? { until: new Date(end.getTime() - 1).toISOString() } : {}),
    ...(asked.past ? { history: true } : {}),
  };
};

export type Hint = { words: string; asked: SearchAsked };

/** What would make the question wider, nearest first. */
export const widerOf = (asked: SearchAsked): Hint[] => {
  const without = (...names: (keyof SearchAsked)[]): SearchAsked => {
    const rest = { ...asked };
    for (const name of names) delete rest[name];
    return rest;
  };
  return [
    asked.since || asked.until ? { words: 'At any time', asked: without('since', 'until') } : undefined,
    asked.actor ? { words: 'By anyone', asked: without('actor') } : undefined,
    asked.under !== '/' ? { words: 'In every folder', asked: { ...asked, under: '/' } } : undefined,
    asked.mode ? { words: 'As words', asked: without('mode') } : undefined,
    asked.past ? undefined : { words: 'Also in former versions', asked: { ...asked, past: true as const } },
  ].filter((hint): hint is Hint => hint !== undefined);
};
