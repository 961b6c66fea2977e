/**
 * Lines of a text that are as an agent's edit left them. What was taken out has no writer, so blame alone would let an
 * agent make 9 of the operator's 9000. Looks back over the revisions for where each line as it is now came to be.
 */
import { actorKind } from '../protocol/actor.ts';
import { must } from '../protocol/errors.ts';
import type { Revision } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

/** Further back than this, what an agent may have edited counts as edited. */
const MAX_LOOKED = 500;

const linesOf = (text: string): Set<string> => new Set(text.split('\n').map((line) => line.trimEnd()));

const isContent = ({ op }: Revision): boolean => op === 'create' || op === 'put' || op === 'edit' || op === 'append';
const isAgents = ({ actor }: Revision): boolean => actorKind(actor) === 'agent';

/** Lines without the space at their end; empty where no agent ever edited. */
export const leftByAgents = async (sys: Sys, path: Path, text: string): Promise<Set<string>> => {
  const { entries } = must(await sys.list(path, { history: true, limit: 10_000 }));
  const revisions = entries.filter(isContent);
  const oldest = revisions.findLastIndex((one) => isAgents(one) && one.op !== 'append');
  const left = new Set<string>();
  const open = oldest < 0 ? new Set<string>() : linesOf(text);
  for (const [at, revision] of revisions.slice(0, oldest + 1).entries()) {
    if (open.size === 0) break;
    const before = revisions[at + 1];
    if (at >= MAX_LOOKED) return new Set([...left, ...open]);
    const read = before && must(await sys.read(path, { at: before.id, as: 'text' }));
    const there = read ? linesOf(String(read.content)) : new Set<string>();
    for (const line of open) {
      if (there.has(line)) continue;
      open.delete(line);
      if (isAgents(revision)) left.add(line);
    }
  }
  return left;
};
