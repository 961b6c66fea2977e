// What a row's Node half works with: fresh profiles, browsers on them, and workspaces of a given size, seeded once through
// the kernel and copied for each use, so that every repetition starts from the same bytes on disk.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { CACHE } from './site.ts';
import { dropCaches } from './machine.ts';
import type { Options } from './options.ts';
import { NOTHING, type Seeded, type Stock } from '../measure/stock.ts';
import { openSession, type Session } from './session.ts';

export type Bench = {
  options: Options;
  /** `body` in a fresh browser on a fresh profile, or on a fresh copy of a seeded one. */
  fresh: <T>(stock: Stock, body: (session: Session) => Promise<T>) => Promise<T>;
  /** The same after the page cache was emptied. */
  cold: <T>(stock: Stock, body: (session: Session) => Promise<T>) => Promise<T>;
  /** A fresh profile that outlives one browser: what one session wrote, the next one opens. */
  keep: <T>(body: (reopen: Reopen) => Promise<T>) => Promise<T>;
  /** Once for each round; what `body` gives, in order. No further round begins after so many seconds. */
  rounds: <T>(body: (round: number) => Promise<T>, within?: number) => Promise<T[]>;
  say: (text: string) => void;
  site: string;
};

export type Reopen = <T>(how: 'warm' | 'cold', body: (session: Session) => Promise<T>) => Promise<T>;
/** Fills the profile of this session. */
export type Seed = (session: Session, stock: Seeded) => Promise<void>;

export const PROFILES = `${CACHE}/profiles`;

export const createBench = (options: Options, url: string, site: string, seed: Seed): Bench => {
  const seeds = new Map<string, string>();
  rmSync(PROFILES, { recursive: true, force: true });
  mkdirSync(PROFILES, { recursive: true });

  const using = async <T>(profile: string, body: (session: Session) => Promise<T>): Promise<T> => {
    const session = await openSession(profile, url);
    try {
      return await body(session);
    } finally {
      await session.close();
    }
  };

  const say = (text: string): void => console.log(`  ${text}`);

  const seeded = async (stock: Seeded): Promise<string> => {
    const name = `${stock.of}-${stock.files}`;
    const known = seeds.get(name);
    if (known) return known;
    const profile = `${PROFILES}/${name}`;
    const start = performance.now();
    await using(profile, (session) => seed(session, stock));
    say(
      `seeded ${stock.files.toLocaleString('en')} files of ${stock.of} in ${Math.round((performance.now() - start) / 1000)} s`,
    );
    seeds.set(name, profile);
    return profile;
  };

  const copied = async <T>(stock: Stock, body: (profile: string) => Promise<T>): Promise<T> => {
    const from = stock.of === 'nothing' ? undefined : await seeded(stock);
    const profile = mkdtempSync(`${PROFILES}/run-`);
    if (from) cpSync(from, profile, { recursive: true });
    try {
      return await body(profile);
    } finally {
      rmSync(profile, { recursive: true, force: true });
    }
  };

  return {
    options,
    say,
    site,
    fresh: (stock, body) => copied(stock, (profile) => using(profile, body)),
    cold: (stock, body) =>
      copied(stock, (profile) => {
        dropCaches();
        return using(profile, body);
      }),
    keep: (body) =>
      copied(NOTHING, (profile) =>
        body((how, use) => {
          if (how === 'cold') dropCaches();
          return using(profile, use);
        }),
      ),
    rounds: async (body, within = Number.POSITIVE_INFINITY) => {
      const out = [];
      const start = performance.now();
      for (let round = 0; round < options.rounds && performance.now() - start < within * 1000; round++) {
        out.push(await body(round));
      }
      return out;
    },
  };
};
