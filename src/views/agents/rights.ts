/**
 * What an agent may do, in plain words: the operator's policy, the powers of active programs and the agent's own role,
 * read the way the gate reads them. A role only narrows: what it asks for and nobody granted is named as such. Pure.
 */
import { AUTONOMY, type Autonomy, type Role } from '../../../kernel/protocol/formats/role.ts';
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import type { IconName } from '../../ui/icons.ts';

/** Words, then the patterns they are about, then the rest of the sentence. */
export type Right = { icon: IconName; words: string; paths?: string[]; after?: string };

export const stricter = (a: Autonomy, b: Autonomy | undefined): Autonomy =>
  b === undefined || AUTONOMY.indexOf(a) <= AUTONOMY.indexOf(b) ? a : b;

/** Does every path of `inner` lie in `outer`? Sure only for the patterns people write; when in doubt, no. */
export const covers = (outer: string, inner: string): boolean => {
  if (outer === inner) return true;
  if (!outer.endsWith('/**')) return false;
  const folder = outer.slice(0, -3);
  return !/[*?{]/.test(folder) && (inner === folder || inner.startsWith(`${folder}/`));
};

/** What policy and role both allow, and what the role asks for without a grant. */
export const writeRights = (
  asked: readonly string[],
  granted: readonly string[],
): { alone: string[]; ungranted: string[] } => {
  const alone = new Set<string>();
  const ungranted: string[] = [];
  for (const pattern of asked) {
    const narrower = granted.filter((grant) => covers(pattern, grant));
    if (granted.some((grant) => covers(grant, pattern))) alone.add(pattern);
    else if (narrower.length > 0) narrower.forEach((grant) => alone.add(grant));
    else ungranted.push(pattern);
  }
  return { alone: [...alone], ungranted };
};

/** `context/**`; the whole workspace keeps its name. */
export const shortPattern = (pattern: string): string =>
  pattern === '/workspace/**' ? pattern : pattern.replace(/^\/workspace\//, '');

export type AgentFacts = { role: Role; policy: Policy; programs: readonly InstalledProgram[] };

export const programOf = ({ role, programs }: Pick<AgentFacts, 'role' | 'programs'>): InstalledProgram | undefined =>
  programs.find(({ agents }) => agents.includes(role.name));

export const rightsOf = ({ role, policy, programs }: AgentFacts): Right[] => {
  const rights: Right[] = [{ icon: 'eye', words: 'Reads everything except other agents’ memory' }];
  const active = programs.filter(({ state, agents }) => state === 'active' && agents.includes(role.name));
  const granted = [
    ...(policy.grants[`agent:${role.name}`]?.write ?? []),
    ...active.flatMap(({ powers }) => powers.write),
  ];
  const { alone, ungranted } = writeRights(role.write, granted);
  const autonomy = stricter(policy.autonomy, role.autonomy);
  const writes = role.tools.includes('write') || role.tools.includes('bash');

  if (policy.paused)
    rights.push({ icon: 'pause', words: 'Everything is stopped: each change it wants to make waits for you' });
  else if (!writes) rights.push({ icon: 'ban', words: 'Writes nothing: it has no tool for it' });
  else if (autonomy === 'manual') {
    const why = policy.autonomy === 'manual' ? 'autonomy is manual' : 'its role says manual';
    rights.push({ icon: 'clock', words: `Asks you before every change: ${why}` });
  } else if (alone.length > 0)
    rights.push({ icon: 'pen', words: 'Writes', paths: alone.map(shortPattern), after: 'on its own' });
  else rights.push({ icon: 'clock', words: 'Writes nothing on its own' });

  if (writes && ungranted.length > 0) {
    const inactive = programs.some(({ state, agents }) => state !== 'active' && agents.includes(role.name));
    rights.push({
      icon: 'ban',
      words: 'Asks to write',
      paths: ungranted.map(shortPattern),
      after: inactive ? 'its program is not active, so it may not' : 'not granted, so it may not',
    });
  }
  const rules = policy.never_auto
    .filter((rule) => rule.startsWith('path '))
    .map((rule) => shortPattern(rule.slice('path '.length).trim()));
  if (rules.length > 0)
    rights.push({ icon: 'ban', words: 'Never changes', paths: rules, after: 'without you: your rule' });
  if (role.tools.includes('bash') && !policy.paused)
    rights.push({ icon: 'play', words: 'Runs bash over the workspace, without a network' });
  if (role.tools.includes('propose'))
    rights.push({ icon: 'inbox', words: 'Asks you before changing a role, a job or anything else it may not write' });
  else rights.push({ icon: 'ban', words: 'Cannot ask for more: it has no tool to propose' });
  if (role.tools.includes('fire')) rights.push({ icon: 'agents', words: 'Starts other agents and jobs' });
  rights.push({ icon: 'globe', words: 'Sends nothing outside on its own' });
  return rights;
};

/** "$1.00 a day, $0.50 a run"; undefined when it has none. */
export const budgetWords = (budget: Role['budget'], money: (usd: number) => string): string | undefined => {
  if (!budget) return undefined;
  const parts = [
    ...(budget.usd === undefined ? [] : [`${money(budget.usd)}${budget.per ? ` a ${budget.per}` : ''}`]),
    ...(budget.per_run === undefined ? [] : [`${money(budget.per_run)} a run`]),
  ];
  return parts.length > 0 ? parts.join(', ') : undefined;
};
