/**
 * Where two devices changed one file apart, its text is merged, and may say what nobody wrote: 20 and 50 can become
 * 2050. A file that stands as its newest revision left it is what somebody wrote, having seen it all. Otherwise what
 * each device last wrote counts too, until the operator writes the file once more; what binds takes the strictest.
 */
import type { Path } from '../protocol/paths.ts';
import type { Kernel } from './kernel.ts';

/** The newest revisions are looked at; one that lies further back was seen by whoever wrote after it. */
const NEWEST = 50;

const textOf = async (kernel: Kernel, path: Path, at?: string): Promise<string | undefined> => {
  const read = await kernel.fs.read(path, { as: 'text', at });
  return read.ok ? String(read.value.content) : undefined;
};

/** What the devices last wrote; empty where the file stands as somebody wrote it. */
export const disputedTexts = async (kernel: Kernel, path: Path): Promise<string[]> => {
  const history = await kernel.fs.history(path, { limit: NEWEST });
  if (!history.ok) return [];
  const last = new Map<string, string>();
  for (const { id } of history.value.entries) {
    const device = id.split('.', 1)[0] ?? '';
    if (!last.has(device)) last.set(device, id);
  }
  const newest = history.value.entries[0]?.id;
  if (last.size < 2 || (await textOf(kernel, path)) === (await textOf(kernel, path, newest))) return [];
  const texts = await Promise.all([...last.values()].map((at) => textOf(kernel, path, at)));
  return texts.filter((text) => text !== undefined);
};
