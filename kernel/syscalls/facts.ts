/**
 * Facts for policy: the operator's policy file, an agent's role, the powers of active programs. Parsed once and again
 * only when one of those files changes; the parsers are loaded when the first agent acts. What cannot be read counts as nothing allowed.
 */
import { actorKind, actorNameOf, type Actor } from '../protocol/actor.ts';
import { POLICY, roleFile, type Capability } from '../protocol/capability.ts';
import type { Policy } from '../protocol/formats/policy.ts';
import { INSTALLED, type InstalledProgram } from '../protocol/formats/records.ts';
import type { Role } from '../protocol/formats/role.ts';
import type { Path } from '../protocol/paths.ts';
import type { Fs } from '../fs/fs.ts';
import type { Facts } from '../policy/decide.ts';

export type FactsOf = {
  of: (actor: Actor, capabilities: readonly Capability[]) => Promise<Facts>;
  policy: () => Promise<Policy>;
  programs: () => Promise<InstalledProgram[]>;
};

/** [P8] What holds when there is no policy to read. */
/** A record that cannot be read grants nothing. */
const parseRecord = (text: string): InstalledProgram | undefined => {
  try {
    return JSON.parse(text) as InstalledProgram;
  } catch {
    return undefined;
  }
};

const STRICTEST: Policy = {
  autonomy: 'manual',
  ceiling: { usd: 0 },
  never_auto: [],
  paused: false,
  grants: {},
  egress: [],
  mcp: {},
  models: {},
};

export const createFacts = (fs: Fs, now: () => number): FactsOf => {
  const cache = new Map<Path, { revision: string; value: unknown }>();

  /** Parsed content of a file, kept as long as its revision stands. */
  const parsed = async <T>(
    path: Path,
    parse: (text: string) => T | undefined | Promise<T | undefined>,
  ): Promise<T | undefined> => {
    const stat = fs.stat(path);
    if (!stat) return undefined;
    const hit = cache.get(path);
    if (hit?.revision === stat.revision) return hit.value as T | undefined;
    const read = await fs.read(path, { as: 'text' });
    const value = read.ok && typeof read.value.content === 'string' ? await parse(read.value.content) : undefined;
    // The revision that was read, not the one that was asked for: a refused write gives its number back.
    if (read.ok) cache.set(path, { revision: read.value.stat.revision, value });
    return value;
  };

  const policy = async (): Promise<Policy> =>
    (await parsed(POLICY, async (text) => {
      const { parsePolicy } = await import('../protocol/formats/policy.ts');
      const result = parsePolicy(POLICY, text);
      return result.ok ? result.value : undefined;
    })) ?? STRICTEST;

  const programs = async (): Promise<InstalledProgram[]> => {
    const out: InstalledProgram[] = [];
    for (const { path } of fs.files(INSTALLED)) {
      const record = await parsed(path, parseRecord);
      if (record) out.push(record);
    }
    return out;
  };

  const roleOf = (name: string): Promise<Role | undefined> =>
    parsed(roleFile(name), async (text) => {
      const { parseRole } = await import('../protocol/formats/role.ts');
      const result = parseRole(roleFile(name), text);
      // A role speaks for the agent whose folder it lies in, and for no other.
      return result.ok && result.value.name === name ? result.value : undefined;
    });

  const of: FactsOf['of'] = async (actor, capabilities) => {
    // Policy binds agents; for the others it is not even loaded, so that the first write does not wait for a YAML parser.
    if (actorKind(actor) !== 'agent') return { policy: STRICTEST, powers: [], effects: [], now: now(), capabilities };
    const facts: Facts = { policy: await policy(), powers: [], effects: [], now: now(), capabilities };
    const name = actorNameOf(actor);
    const { powerOf } = await import('../protocol/outside.ts');
    const active = (await programs()).filter((program) => program.state === 'active' && program.agents.includes(name));
    return {
      ...facts,
      powers: active.flatMap((program) => program.powers.write),
      effects: active.flatMap((program) => program.powers.effects.flatMap((line) => powerOf(program.name, line))),
      role: await roleOf(name),
    };
  };
  return {
    policy,
    programs,
    of,
  };
};
