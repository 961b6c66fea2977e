/**
 * Searching former versions and removed files: they are not in the index, so they are read, of the files changed last
 * first, as many as the budget allows; an answer that did not look at all says so. One hit for a stretch of versions
 * that match one after the other: the newest of them.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Hit } from '../protocol/files.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import type { Past, Version } from './files.ts';
import { snippetAt, type Found } from './matchers.ts';

/** Only versions by this actor, made in this time; both ends included, in milliseconds since 1970. */
export type Made = { actor?: string | undefined; since: number; until: number };

export const isMade = ({ actor, since, until }: Made, version: Pick<Version, 'actor' | 'at'>): boolean => {
  const at = Date.parse(version.at);
  return (actor === undefined || version.actor === actor) && at >= since && at <= until;
};

/** About two seconds' worth: versions read, and characters in them. */
export const BUDGET = { versions: 5_000, characters: 64_000_000 };

export type InPast = { hits: Hit[]; looked: number; cut: boolean };

type Options = {
  under: Path;
  made: Made;
  match: (text: string, path: Path) => Found | undefined;
  visible: (path: Path) => boolean;
  /** Where a file stands now; undefined when it was removed. */
  pathNow: (id: NodeId) => Path | undefined;
  /** Files whose newest version was found already: what matches right before it belongs to that stretch. */
  foundNow: ReadonlySet<NodeId>;
  budget?: typeof BUDGET;
};

export const searchPast = async (
  past: Past,
  { under, made, match, visible, pathNow, foundNow, budget = BUDGET }: Options,
): Promise<InPast> => {
  const hits: Hit[] = [];
  let looked = 0;
  let characters = 0;

  for (const node of past.files(under)) {
    const now = pathNow(node.id);
    // What a file became where somebody may not read is closed to them as it was, too.
    if (now !== undefined && !visible(now)) continue;
    let open = foundNow.has(node.id);
    let newest = now !== undefined;
    let last: { hash: string; text: string | undefined } | undefined;
    for await (const version of past.contents(node.id)) {
      if (Date.parse(version.at) < made.since) break;
      const current = newest;
      newest = false;
      if (current || !isMade(made, version) || !isUnder(version.path, under) || !visible(version.path)) continue;
      if (last?.hash !== version.hash) {
        if (looked >= budget.versions || characters >= budget.characters) return { hits, looked, cut: true };
        looked++;
        last = { hash: version.hash, text: await past.text(node.id, version) };
        characters += last.text?.length ?? 0;
      }
      const found = last.text === undefined ? undefined : match(last.text, version.path);
      if (found && !open) {
        const { id: revision, path, actor, at } = version;
        hits.push({
          path,
          revision,
          actor,
          at,
          past: true,
          score: found.score,
          ...snippetAt(last.text ?? '', found.at),
        });
      }
      open = found !== undefined;
    }
  }
  return { hits, looked, cut: false };
};
