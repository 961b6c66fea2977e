/**
 * The other half of consent: what a program does not ask for, in plain words. Says only what its bundle settles; where
 * it brings something that could do a thing, the line is left out rather than promised.
 */
import type { Bundle } from './bundle.ts';

/** Kinds of effect that only tell the operator something, or only read. */
const isRead = ({ class: as, http }: Record<string, unknown>): boolean =>
  as === 'read' && typeof http === 'string' && /^(?:GET|HEAD)\s/.test(http);
const isOutside = (effect: Record<string, unknown>): boolean => 'http' in effect || 'mcp' in effect;
const isNotice = (effect: Record<string, unknown>): boolean => 'notify' in effect;

export const notAsked = (bundle: Bundle): string[] => {
  const { write, spend } = bundle.powers;
  const effects = bundle.program?.powers.effects ?? [];
  const runsCode =
    bundle.jobs.some((job) => job.run === 'bash') || bundle.roles.some((role) => role.tools.includes('bash'));
  const lines: (string | false)[] = [
    write.length === 0 && 'write any file of yours',
    effects.every((effect) => isRead(effect) || isNotice(effect)) && 'send, buy or publish anything',
    !effects.some(isOutside) && bundle.mcpServers.length === 0 && 'read from the web',
    effects.every((effect) => !('secret' in effect)) && 'use any of your keys',
    !effects.some(isNotice) && 'send you notices',
    "read other agents' memory",
    !runsCode && 'run code: a program is files, never code',
    bundle.roles.length === 0 && spend === undefined && 'spend on models',
  ];
  return lines.filter((line) => line !== false);
};
