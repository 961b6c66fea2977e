/**
 * Search over the text of files: words (all of them, as beginnings; in quotes one after the other), an exact string, or a
 * regular expression; below a folder, by an actor, in a time, ranked, with the line it stands on. The index tells of the
 * files it knows as they are now; the others are read, and so is the past when it is asked for. Contract: of what is there
 * now the answer is that of reading every file, whatever the index has.
 */
import type { NodeId } from '../protocol/entry.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Hit } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Values } from '../protocol/syscalls.ts';
import { placing, visitBelow, type Content, type FileNode, type Files, type Past } from './files.ts';
import type { Index } from './inverted-index.ts';
import type { Lookup } from './lookup.ts';
import { matchExact, matchRegex, matchWords, snippetAt, type Found, type Matcher } from './matchers.ts';
import { isMade, searchPast, type Made } from './past.ts';
import { score, weights, type Counted } from './rank.ts';
import {
  countWanted,
  impliedByExact,
  phrasesIn,
  placeOf,
  placesOfPhrases,
  wantedWords,
  type Wanted,
} from './tokens.ts';

export type Mode = 'text' | 'exact' | 'regex';
export type SearchOptions = {
  under?: string | undefined;
  mode?: Mode | undefined;
  limit?: number | undefined;
  /** Also former versions, and files that were removed. */ history?: boolean | undefined;
  made?: Made | undefined;
  /** What the asker may read; the rest does not count. */ visible?: (path: Path) => boolean;
};
export type Search = (query: string, o?: SearchOptions) => Promise<Result<Values['search']>>;

type Candidate = Counted & { node: FileNode; path: Path };
type Text = Content & { text: string };
/** A file that matches as it is now; `hit` reads what is to be shown of it. */
type Match = { node: FileNode; path: Path; score: number; hit: () => Promise<Hit | undefined> };
/** Every match there is now, best first, and the same question to a text of the past. */
type Asked = { now: Match[]; past: (text: string, path: Path) => Found | undefined };

const AT_ONCE = 256;

const inOrder = (a: { score: number; path: Path }, b: { score: number; path: Path }): number =>
  b.score - a.score || (a.path < b.path ? -1 : 1);
const newestFirst = (a: Hit, b: Hit): number => inOrder(a, b) || ((a.at ?? '') < (b.at ?? '') ? 1 : -1);

export const createSearch = (files: Files, index: Pick<Index, 'lookup' | 'changed'>): Search => {
  const textAt = async (path: Path): Promise<Text | undefined> => {
    const content = await files.read(path);
    return content?.text === undefined ? undefined : { ...content, text: content.text };
  };
  /** The texts of files one after the other, read some hundred at a time where that is cheaper. */
  const texts = async function* <T extends { node: FileNode; path: Path }>(
    those: readonly T[],
  ): AsyncGenerator<[T, Text | undefined]> {
    for (let from = 0; from < those.length; from += AT_ONCE) {
      const some = those.slice(from, from + AT_ONCE);
      const ahead = some.length > 1 ? await files.readMany(some.map(({ node }) => node.id)) : undefined;
      for (const one of some) {
        const read = ahead?.get(one.node.id);
        const content = read?.hash === one.node.hash ? read : await files.read(one.path);
        yield [one, content?.text === undefined ? undefined : { ...content, text: content.text }];
      }
    }
  };
  const hitOf = (path: Path, points: number, { revision, actor, at, text }: Text, place: number): Hit => ({
    path,
    revision,
    actor,
    at,
    score: points,
    ...snippetAt(text, place),
  });

  const eachOnce = (lookup: Lookup, visit: Parameters<Lookup['each']>[0]): void => {
    const seen = new Set<NodeId>();
    lookup.each((node, known) => {
      const { id } = node;
      if (seen.has(id)) return;
      seen.add(id);
      visit(node, known);
    });
  };

  /** Each file that has, or by its path meets, at least one of the wanted terms. */
  const candidates = async (under: Path, wanted: readonly Wanted[], visible: (path: Path) => boolean) => {
    const lookup = await index.lookup(wanted);
    const placeOf = placing(files, under, wanted);
    const found: Candidate[] = [];
    const unknown: { node: FileNode; path: Path; named: readonly boolean[] }[] = [];
    eachOnce(lookup, (node, known) => {
      const placed = known?.text === false ? undefined : placeOf(node);
      if (!placed) return;
      const { path, named } = placed;
      if (!known) unknown.push({ node, path, named });
      else if ((known.counts || named.length > 0) && visible(path))
        found.push({ node, path, named, length: known.length, counts: known.counts ?? [] });
    });
    index.changed(unknown.map(({ node }) => node.id));
    const open = unknown.filter(({ path }) => visible(path));
    for await (const [{ node, path, named }, content] of texts(open)) {
      if (content) found.push({ node, path, named, ...countWanted(content.text, wanted) });
    }
    return found;
  };

  /** The files that have the phrases, too. */
  const withPhrases = async (all: Candidate[], phrases: readonly string[][]): Promise<Candidate[]> => {
    if (phrases.length === 0) return all;
    const found: Candidate[] = [];
    for (const one of all) {
      const content = await textAt(one.path);
      if (content && placesOfPhrases(content.text, phrases)) found.push(one);
    }
    return found;
  };

  const byWords = async (query: string, under: Path, visible: (path: Path) => boolean): Promise<Asked> => {
    const wanted = wantedWords(query);
    if (wanted.length === 0) return { now: [], past: () => undefined };
    const phrases = phrasesIn(query);
    const found = await candidates(under, wanted, visible);
    const meets = ({ counts, named }: Counted, i: number): boolean => (counts[i] ?? 0) > 0 || named[i] === true;
    const weight = weights(wanted.map((_one, i) => found.filter((one) => meets(one, i)).length));
    const all = await withPhrases(
      found.filter((one) => wanted.every((_one, i) => meets(one, i))),
      phrases,
    );
    const now = all.map((one): Match => {
      const { node, path } = one;
      const points = score(one, weight);
      const hit = async (): Promise<Hit | undefined> => {
        const content = await textAt(path);
        const [phrase] = (content && placesOfPhrases(content.text, phrases)) ?? [];
        return content && hitOf(path, points, content, phrase ?? Math.max(0, placeOf(content.text, wanted)));
      };
      return { node, path, score: points, hit };
    });
    return { now: now.sort(inOrder), past: matchWords(wanted, phrases) };
  };

  /** Files that may hold what is looked for in the text itself. */
  const toRead = async (under: Path, implied: readonly Wanted[], visible: (path: Path) => boolean) => {
    const found: { node: FileNode; path: Path }[] = [];
    const put = (node: FileNode, path: Path): void => void (visible(path) && found.push({ node, path }));
    if (implied.length === 0) {
      visitBelow(files, under, put);
      return found;
    }
    const lookup = await index.lookup(implied);
    const placeOf = placing(files, under, []);
    eachOnce(lookup, (node, known) => {
      const may = !known || (known.text && (known.cut || implied.every((_one, i) => (known.counts?.[i] ?? 0) > 0)));
      const placed = may && placeOf(node);
      if (placed) put(node, placed.path);
    });
    return found;
  };

  const byReading = async (those: readonly { node: FileNode; path: Path }[], match: Matcher): Promise<Asked> => {
    const now: Match[] = [];
    for await (const [{ node, path }, content] of texts(those)) {
      const found = content && match(content.text);
      if (!found) continue;
      const hit = hitOf(path, found.score, content, found.at);
      now.push({ node, path, score: found.score, hit: async () => hit });
    }
    return { now: now.sort(inOrder), past: match };
  };

  /** Those whose newest content was made so, and shown with who made it and when. */
  const onlyMade = async (past: Past, matches: readonly Match[], made: Made): Promise<Match[]> => {
    const found: Match[] = [];
    for (const match of matches) {
      const { value: version } = await past.contents(match.node.id).next();
      if (!version || !isMade(made, version)) continue;
      const { id: revision, actor, at } = version;
      const hit = async (): Promise<Hit | undefined> => {
        const shown = await match.hit();
        return shown && { ...shown, revision, actor, at };
      };
      found.push({ ...match, hit });
    }
    return found;
  };

  const hitsOf = async (matches: readonly Match[], limit: number, still: () => boolean) => {
    const hits: Hit[] = [];
    for (const { hit } of matches) {
      if (hits.length === limit) break;
      const shown = await hit();
      if (shown) hits.push(shown);
    }
    await files.settled();
    if (still()) return { hits, total: matches.length };
    // What is counted must be durable: what was rolled back meanwhile is gone, or stands elsewhere again.
    const standing = new Set(matches.flatMap(({ node, path }) => (files.at(path)?.id === node.id ? [path] : [])));
    return { hits: hits.filter(({ path }) => standing.has(path)), total: standing.size };
  };

  const ask = async (query: string, options: SearchOptions, match: Matcher | undefined): Promise<Values['search']> => {
    const still = files.still();
    const { under = '/', mode, limit = 100, history = false, made, visible = () => true } = options;
    const { now, past: matchPast } = match
      ? await byReading(await toRead(under, mode === 'exact' ? impliedByExact(query) : [], visible), match)
      : await byWords(query, under, visible);
    if (!made && !history) return hitsOf(now, limit, still);
    for (;;) {
      const past = await files.past();
      const matches = made ? await onlyMade(past, now, made) : now;
      const standing = await hitsOf(matches, limit, still);
      const before = history
        ? await searchPast(past, {
            under,
            made: made ?? { since: -Infinity, until: Infinity },
            match: matchPast,
            visible,
            pathNow: (id) => (files.get(id)?.dead === false ? files.pathOf(id) : undefined),
            foundNow: new Set(matches.map(({ node }) => node.id)),
          })
        : { hits: [], cut: false, looked: 0 };
      if (!(await past.stands())) continue;
      return {
        hits: [...standing.hits, ...before.hits.sort(newestFirst)].slice(0, limit),
        total: standing.total + before.hits.length,
        ...(before.cut ? { cut: true, looked: before.looked } : {}),
      };
    }
  };

  return async (query, options = {}) => {
    await files.settled();
    let match: Matcher | undefined = options.mode === 'exact' ? matchExact(query) : undefined;
    if (options.mode === 'regex') {
      try {
        match = await matchRegex(query);
      } catch (cause) {
        return err(
          'EINVAL',
          `This is not a regular expression that can be searched for (RE2 syntax, without look-around and back-references): ${cause instanceof Error ? cause.message : query}`,
        );
      }
    }
    return ok(await ask(query, options, match));
  };
};
