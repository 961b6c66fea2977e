/**
 * Approve and remember: what was approved once becomes a grant for exactly the same, until a date. Only for what may be
 * taken back: what cannot be undone is asked every time. The page shows what would be granted by the same reading.
 */
import { isAuthority } from './authority.ts';
import { isHttp } from './effects.ts';
import { err, ok, type Result } from './errors.ts';
import { changePaths } from './files.ts';
import type { Proposal } from './formats/records.ts';
import { parseAddress } from './outside.ts';

const LONGEST_MS = 90 * 86_400_000;
/** What a pattern would read otherwise than as itself. */
const MEANS_MORE = /[*?{}\s]/;

export type Remembered = { write?: string[]; effects?: string[]; until: string };

const refuse = (why: string): Result<never> => err('EINVAL', `This cannot be remembered: ${why} Approve it alone.`);

export const whatToRemember = ({ changes, effect }: Proposal, until: string, now: number): Result<Remembered> => {
  const end = Date.parse(until);
  if (end <= now || end > now + LONGEST_MS) return refuse('a grant ends in the future, within 90 days.');
  if (changes) {
    const paths = [...new Set(changes.flatMap(changePaths))];
    if (paths.some(isAuthority)) return refuse('it touches files that decide what agents may do.');
    if (paths.some((path) => MEANS_MORE.test(path))) return refuse('a path holds characters that patterns use.');
    return ok({ write: paths, until });
  }
  if (!effect || !isHttp(effect) || (effect.method !== 'GET' && effect.method !== 'HEAD'))
    return refuse('it cannot be undone, so it is asked every time.');
  const address = parseAddress(effect.url);
  if (!address.ok) return address;
  const { origin, path } = address.value;
  if (MEANS_MORE.test(path)) return refuse('its address holds characters that patterns use.');
  const secret = effect.secret ? ` with ${effect.secret.name}` : '';
  return ok({ effects: [`http ${effect.method} ${origin}${path} as read${secret}`], until });
};
