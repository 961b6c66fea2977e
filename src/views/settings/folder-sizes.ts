/**
 * How much each folder holds, from one listing of everything below a place. Sizes are of files as they are now; former
 * versions are the journal's and in no folder. Pure but for `listSizes`, which reads page by page up to a bound.
 */
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { parentOf, type Path } from '../../../kernel/protocol/paths.ts';
import type { Stub } from '../../../kernel/protocol/stub.ts';

export type Size = { path: Path; kind: 'file' | 'dir'; bytes: number; files: number };
/** `cut`: there was more than was read. */
export type Sizes = { of: ReadonlyMap<Path, Size>; inside: ReadonlyMap<Path, readonly Size[]>; cut: boolean };

const MOST_ENTRIES = 100_000;
const PAGE = 10_000;
export const PLACES: readonly Path[] = ['/workspace', '/programs', '/system'];

export const sizesOf = (entries: readonly Pick<Stat, 'path' | 'kind' | 'size'>[], cut = false): Sizes => {
  const of = new Map<Path, Size>();
  const folder = (path: Path): Size => {
    const known = of.get(path);
    if (known) return known;
    const made: Size = { path, kind: 'dir', bytes: 0, files: 0 };
    of.set(path, made);
    return made;
  };
  for (const { path, kind, size } of entries) {
    if (kind === 'dir') {
      folder(path);
      continue;
    }
    of.set(path, { path, kind, bytes: size, files: 1 });
    for (let at = parentOf(path); ; at = parentOf(at)) {
      const above = folder(at);
      above.bytes += size;
      above.files += 1;
      if (at === '/') break;
    }
  }
  folder('/');
  const inside = new Map<Path, Size[]>();
  for (const size of of.values()) {
    if (size.path === '/') continue;
    const above = parentOf(size.path);
    const list = inside.get(above) ?? [];
    list.push(size);
    inside.set(above, list);
  }
  for (const list of inside.values()) list.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return { of, inside, cut };
};

export const listSizes = async (stub: Pick<Stub, 'list'>, most = MOST_ENTRIES): Promise<Result<Sizes>> => {
  const entries: Stat[] = [];
  for (const place of PLACES) {
    let cursor: string | undefined;
    do {
      const page = await stub.list(place, { depth: 64, limit: PAGE, ...(cursor ? { cursor } : {}) });
      if (!page.ok && page.error.code === 'ENOENT') break;
      if (!page.ok) return page;
      for (const stat of page.value.entries) entries.push(stat);
      cursor = page.value.cursor;
      if (cursor !== undefined && entries.length >= most) return ok(sizesOf(entries, true));
    } while (cursor !== undefined);
  }
  return ok(sizesOf(entries));
};
