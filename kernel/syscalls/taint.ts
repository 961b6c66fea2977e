/**
 * Taint: what a run has read that neither the operator nor an agent here wrote. Whoever decides what such a run proposes
 * is shown it. It goes from a run to those it starts, and back. It decides nothing.
 */
import { actorKind } from '../protocol/actor.ts';
import { WORKSPACE } from '../protocol/capability.ts';
import type { Stat } from '../protocol/files.ts';
import { PROPOSALS } from '../protocol/formats/records.ts';
import { MCP } from '../protocol/mcp.ts';
import { isUnder } from '../protocol/paths.ts';
import type { Caller, Kernel } from './kernel.ts';
import { CONSENT } from './proposal-record.ts';

const INBOX = '/workspace/inbox';
const KEPT = 100;

export const noteSource = (kernel: Kernel, caller: Caller, source: string): void => {
  const sources = kernel.processes.get(caller.run)?.sources;
  if (sources && sources.length < KEPT && !sources.includes(source)) sources.push(source);
};

/** Somebody else's words: what came into the inbox, what a program brought along, what a server said of a proposal or its tools. */
const isOutside = ({ path, kind, actor }: Stat): boolean =>
  kind === 'file' &&
  (isUnder(path, INBOX) ||
    isUnder(path, MCP) ||
    (isUnder(path, PROPOSALS) && actor === CONSENT.actor) ||
    (isUnder(path, WORKSPACE) && actorKind(actor) === 'program'));

export const noteRead = (kernel: Kernel, caller: Caller, stat: Stat | undefined): void => {
  if (stat && isOutside(stat)) noteSource(kernel, caller, stat.path);
};
