/**
 * Search over the text of files: words (all of them, as beginnings), an exact string, or a regular expression; below a
 * folder, ranked, with the line it stands on. The index tells of the files it knows as they are now; the others are
 * read. Contract: the answer is that of reading every file, whatever the index has.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Hit } from '../protocol/files.ts';
import { join, type Path } from '../protocol/paths.ts';
import { visitBelow, type Content, type FileNode, type Files } from './files.ts';
import type { Index } from './inverted-index.ts';
import { matchExact, matchRegex, snippetAt, type Matcher } from './matchers.ts';
import { score, weights, type Counted } from './rank.ts';
import { countWanted, impliedByExact, placeOf, wantedWords, type Wanted } from './tokens.ts';

export type Mode = 'text' | 'exact' | 'regex';
export type SearchOptions = {
  under?: string | undefined;
  mode?: Mode | undefined;
  limit?: number | undefined;
  /** What the asker may read; the rest does not count. */ visible?: (path: Path) => boolean;
};
export type Search = (query: string, o?: SearchOptions) => Promise<Result<{ hits: Hit[]; total: number }>>;

type Candidate = Counted & { node: FileNode; path: Path };
type Text = Content & { text: string };

const inOrder = (a: { score: number; path: Path }, b: { score: number; path: Path }): number =>
  b.score - a.score || (a.path < b.path ? -1 : 1);

export const createSearch = (files: Files, index: Pick<Index, 'lookup' | 'changed'>): Search => {
  const textAt = async (path: Path): Promise<Text | undefined> => {
    const content = await files.read(path);
    return content?.text === undefined ? undefined : { ...content, text: content.text };
  };

  /** Each file that has, or by its path meets, at least one of the wanted terms. */
  const candidates = async (under: Path, wanted: readonly Wanted[], visible: (path: Path) => boolean) => {
    const lookup = await index.lookup(wanted);
    const found: Candidate[] = [];
    const unknown: { node: FileNode; path: Path; named: readonly boolean[] }[] = [];
    visitBelow(files, under, wanted, (node, folder, named) => {
      const known = lookup(node);
      if (known && !(known.text && (known.counts || named.length > 0))) return;
      const path = join(folder, node.name);
      if (!known) unknown.push({ node, path, named });
      else if (visible(path)) found.push({ node, path, named, length: known.length, counts: known.counts ?? [] });
    });
    index.changed(unknown.map(({ node }) => node.id));
    for (const { node, path, named } of unknown) {
      if (!visible(path)) continue;
      const content = await textAt(path);
      if (content) found.push({ node, path, named, ...countWanted(content.text, wanted) });
    }
    return found;
  };

  const byWords = async (query: string, under: Path, limit: number, visible: (path: Path) => boolean) => {
    const wanted = wantedWords(query);
    if (wanted.length === 0) return { hits: [], total: 0 };
    const found = await candidates(under, wanted, visible);
    const meets = ({ counts, named }: Counted, i: number): boolean => (counts[i] ?? 0) > 0 || named[i] === true;
    const weight = weights(wanted.map((_one, i) => found.filter((one) => meets(one, i)).length));
    const all = found
      .filter((one) => wanted.every((_one, i) => meets(one, i)))
      .map((one) => ({ ...one, score: score(one, weight) }))
      .sort(inOrder);
    const hits: Hit[] = [];
    for (const { path, score: points } of all) {
      if (hits.length === limit) break;
      const content = await textAt(path);
      if (!content) continue;
      const place = snippetAt(content.text, Math.max(0, placeOf(content.text, wanted)));
      hits.push({ path, revision: content.revision, score: points, ...place });
    }
    await files.settled();
    // What is counted must be durable: what was rolled back meanwhile is gone, or stands elsewhere again.
    const standing = new Set(all.flatMap(({ node, path }) => (files.at(path)?.id === node.id ? [path] : [])));
    return { hits: hits.filter(({ path }) => standing.has(path)), total: standing.size };
  };

  /** Files that may hold what is looked for in the text itself. */
  const pathsToRead = async (under: Path, implied: readonly Wanted[], visible: (path: Path) => boolean) => {
    const lookup = implied.length > 0 ? await index.lookup(implied) : () => undefined;
    const paths: Path[] = [];
    visitBelow(files, under, [], (node, folder) => {
      const known = lookup(node);
      const may = !known || (known.text && (known.cut || implied.every((_one, i) => (known.counts?.[i] ?? 0) > 0)));
      const path = join(folder, node.name);
      if (may && visible(path)) paths.push(path);
    });
    return paths;
  };

  const byReading = async (paths: readonly Path[], match: Matcher, limit: number) => {
    const hits: Hit[] = [];
    for (const path of paths) {
      const content = await textAt(path);
      const found = content && match(content.text);
      if (found)
        hits.push({ path, revision: content.revision, score: found.score, ...snippetAt(content.text, found.at) });
    }
    return { hits: hits.sort(inOrder).slice(0, limit), total: hits.length };
  };

  return async (query, { under = '/', mode = 'text', limit = 100, visible = () => true } = {}) => {
    await files.settled();
    if (mode === 'text') return ok(await byWords(query, under, limit, visible));
    let match: Matcher = matchExact(query);
    if (mode === 'regex') {
      try {
        match = await matchRegex(query);
      } catch (cause) {
        return err(
          'EINVAL',
          `This is not a regular expression that can be searched for (RE2 syntax, without look-around and back-references): ${cause instanceof Error ? cause.message : query}`,
        );
      }
    }
    return ok(
      await byReading(await pathsToRead(under, mode === 'exact' ? impliedByExact(query) : [], visible), match, limit),
    );
  };
};
