/** download: the bytes of a workspace file, for the page that asked to save them. Nothing leaves the device. */
import { isDownload } from '../protocol/effects.ts';
import { err, ok } from '../protocol/errors.ts';
import { nameOf } from '../protocol/paths.ts';
import type { Carry } from './carry.ts';

export const download: Carry = async (sys, effect) => {
  if (!isDownload(effect))
    return err('EINVAL', 'A download names a file: { "kind": "download", "path": "/workspace/…" }.');
  const read = await sys.read(effect.path, { as: 'bytes' });
  if (!read.ok) return read;
  const { content, stat } = read.value;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return ok({ said: `${nameOf(stat.path)}, ${bytes.length} bytes`, file: { name: nameOf(stat.path), bytes } });
};
