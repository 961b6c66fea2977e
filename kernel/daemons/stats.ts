/** Every file below a folder, page by page; none where there is no such folder. */
import { must } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

const PAGE = 10_000;
const MAX_DEPTH = 64;

export const filesBelow = async (sys: Sys, folder: Path): Promise<Stat[]> => {
  const files: Stat[] = [];
  for (let cursor: string | undefined; ;) {
    const listed = await sys.list(folder, { depth: MAX_DEPTH, limit: PAGE, ...(cursor ? { cursor } : {}) });
    if (!listed.ok && listed.error.code === 'ENOENT') return files;
    const page = must(listed);
    for (const stat of page.entries) if (stat.kind === 'file') files.push(stat);
    if (page.cursor === undefined) return files;
    cursor = page.cursor;
  }
};

/** The text of a file and what is known of it; undefined where there is none that can be read. */
export const textOf = async (sys: Sys, path: Path): Promise<{ text: string; stat: Stat } | undefined> => {
  const read = await sys.read(path, { as: 'text' });
  return read.ok ? { text: String(read.value.content), stat: read.value.stat } : undefined;
};
