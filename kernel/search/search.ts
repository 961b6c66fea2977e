/**
 * Search over the text of files: words (all of them, as beginnings; in quotes one after the other), an exact string, or a
 * regular expression; below a folder, by an actor, in a time, ranked, with the line it stands on. The index tells of the
 * files it knows as they are now; the others are read, and so is the past when it is asked for. Contract: of what is there
 * now the answer is that of reading every file, whatever the index has.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Hit } from '../protocol/files.ts';
import { join, type Path } from '../protocol/paths.ts';
import type { Values } from '../protocol/syscalls.ts';
import { bestFirst } from './best-first.ts';
import type { Content, FileNode, Files, Past } from './files.ts';
import type { Index } from './inverted-index.ts';
import { matchExact, matchRegex, matchWords, snippetAt, type Found, type Matcher } from './matchers.ts';
import { NOT_NAMED } from './naming.ts';
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

type Text = Content & { text: string };
type Placed = { node: Pick<FileNode, 'id' | 'hash'>; path: Path };
type Candidate = Placed & Counted;
/** A file that matches as it is now. What is shown of it is made when it is shown, of its text then, or was made before. */
type Match = Placed & { score: number } & ({ show: (content: Text) => Hit } | { hit: Hit });
/** Every match there is now, and the same question to a text of the past. */
type Asked = { now: Match[]; past: (text: string, path: Path) => Found | undefined };

const AT_ONCE = 256;

const inOrder = (a: { score: number; path: Path }, b: { score: number; path: Path }): number =>
  b.score - a.score || (a.path < b.path ? -1 : 1);
const newestFirst = (a: Hit, b: Hit): number => inOrder(a, b) || ((a.at ?? '') < (b.at ?? '') ? 1 : -1);

export const createSearch = (files: Files, index: Pick<Index, 'lookup' | 'changed' | 'generation'>): Search => {
  const textAt = async (path: Path): Promise<Text | undefined> => {
    const content = await files.read(path);
    return content?.text === undefined ? undefined : { ...content, text: content.text };
  };
  /** The texts of files one after the other, read some hundred at a time where that is cheaper. */
  const texts = async function* <T extends Placed>(those: readonly T[]): AsyncGenerator<[T, Text | undefined]> {
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

  /** Each file in which every wanted term is met, and how many files meet each term. */
  const candidates = async (under: Path, wanted: readonly Wanted[], visible: (path: Path) => boolean) => {
    const lookup = await index.lookup(wanted);
    const having = wanted.map(() => 0);
    const found: Candidate[] = [];
    const unknown: (Placed & { named: readonly boolean[] })[] = [];
    const meetsAll = (counts: readonly number[], named: readonly boolean[]): boolean => {
      let all = true;
      for (let i = 0; i < wanted.length; i++) {
        if ((counts[i] ?? 0) > 0 || named[i] === true) having[i] = (having[i] ?? 0) + 1;
        else all = false;
      }
      return all;
    };
    lookup.visit(under, (file, folder, name, named) => {
      const answer = lookup.answer(file);
      if (answer === 'bytes' || (answer === 'none' && named === NOT_NAMED)) return;
      const path = join(folder, name);
      if (!visible(path)) return;
      if (answer === 'unknown') {
        const node = files.get(lookup.id(file));
        if (node) unknown.push({ node: { id: node.id, hash: node.hash }, path, named });
        return;
      }
      const counts = answer === 'some' ? lookup.counts(file) : [];
      if (meetsAll(counts, named))
        found.push({ node: { id: lookup.id(file), hash: '' }, path, named, counts, length: lookup.length(file) });
    });
    index.changed(unknown.map(({ node }) => node.id));
    for await (const [{ node, path, named }, content] of texts(unknown)) {
      if (!content) continue;
      const { counts, length } = countWanted(content.text, wanted);
      if (meetsAll(counts, named)) found.push({ node, path, named, counts, length });
    }
    return { found, having };
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
    const { found, having } = await candidates(under, wanted, visible);
    const weight = weights(having);
    const all = await withPhrases(found, phrases);
    const now = all.map((one): Match => {
      const { node, path } = one;
      const points = score(one, weight);
      const show = (content: Text): Hit => {
        const [phrase] = placesOfPhrases(content.text, phrases) ?? [];
        return hitOf(path, points, content, phrase ?? Math.max(0, placeOf(content.text, wanted)));
      };
      return { node, path, score: points, show };
    });
    return { now, past: matchWords(wanted, phrases) };
  };

  /** Files that may hold what is looked for in the text itself. */
  const toRead = async (under: Path, implied: readonly Wanted[], visible: (path: Path) => boolean) => {
    const lookup = await index.lookup(implied);
    const found: Placed[] = [];
    lookup.visit(under, (file, folder, name) => {
      const answer = lookup.answer(file);
      if (answer === 'bytes') return;
      if (answer !== 'unknown' && !lookup.cut(file) && !lookup.counts(file).every((count) => count > 0)) return;
      const path = join(folder, name);
      const node = visible(path) ? files.get(lookup.id(file)) : undefined;
      if (node) found.push({ node: { id: node.id, hash: node.hash }, path });
    });
    return found;
  };

  const byReading = async (those: readonly Placed[], match: Matcher): Promise<Asked> => {
    const now: Match[] = [];
    for await (const [{ node, path }, content] of texts(those)) {
      const found = content && match(content.text);
      if (!found) continue;
      now.push({ node, path, score: found.score, hit: hitOf(path, found.score, content, found.at) });
    }
    return { now, past: match };
  };

  /** Those whose newest content was made so, and shown with who made it and when. */
  const onlyMade = async (past: Past, matches: readonly Match[], made: Made): Promise<Match[]> => {
    const found: Match[] = [];
    for (const match of matches) {
      const { value: version } = await past.contents(match.node.id).next();
      if (!version || !isMade(made, version)) continue;
      const { id: revision, actor, at } = version;
      const by = { revision, actor, at };
      if ('hit' in match) found.push({ ...match, hit: { ...match.hit, ...by } });
      else found.push({ ...match, show: (content) => ({ ...match.show(content), ...by }) });
    }
    return found;
  };

  /** The best so many of them, with the text they have. */
  const shown = async function* (matches: readonly Match[]): AsyncGenerator<[Match, Hit | undefined]> {
    const made = matches.flatMap((match): [Match, Hit][] => ('hit' in match ? [[match, match.hit]] : []));
    if (made.length === matches.length) return yield* made;
    for await (const [match, content] of texts(matches))
      yield [match, 'hit' in match ? match.hit : content && match.show(content)];
  };

  const hitsOf = async (matches: readonly Match[], limit: number) => {
    const hits: [Match, Hit][] = [];
    const ranked = bestFirst(matches, inOrder);
    for (let next = ranked.next(); hits.length < limit && !next.done;) {
      const some: Match[] = [];
      for (; !next.done && some.length < limit - hits.length; next = ranked.next()) some.push(next.value);
      for await (const [match, hit] of shown(some)) if (hit) hits.push([match, hit]);
    }
    await files.settled();
    // What moved or went while the texts were read is not shown.
    const standing = hits.filter(([{ node, path }]) => files.at(path)?.id === node.id);
    return { hits: standing.map(([, hit]) => hit), total: matches.length - hits.length + standing.length };
  };

  const answer = async (
    query: string,
    options: SearchOptions,
    match: Matcher | undefined,
  ): Promise<Values['search']> => {
    const { under = '/', mode, limit = 100, history = false, made, visible = () => true } = options;
    const { now, past: matchPast } = match
      ? await byReading(await toRead(under, mode === 'exact' ? impliedByExact(query) : [], visible), match)
      : await byWords(query, under, visible);
    if (!made && !history) return hitsOf(now, limit);
    for (;;) {
      const past = await files.past();
      const matches = made ? await onlyMade(past, now, made) : now;
      const standing = await hitsOf(matches, limit);
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

  /** What was looked at stands, unless a commit was refused meanwhile: then all of it is asked again. */
  const ask: typeof answer = async (...asked) => {
    for (;;) {
      const before = index.generation();
      const answered = await answer(...asked);
      if (index.generation() === before) return answered;
      await files.settled();
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
