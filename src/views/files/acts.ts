/** What the operator does to files, each as one change set with its reason. */
import { err, type Result } from '../../../kernel/protocol/errors.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import { join, nameOf, parsePath, segmentProblem, type Path } from '../../../kernel/protocol/paths.ts';
import type { Client } from '../../client/client.ts';
import { listAll } from '../../client/live.ts';
import { fileUrl, imageType } from './places.ts';

export type Asked =
  | { act: 'file' | 'folder'; folder: Path }
  | { act: 'move' | 'remove'; path: Path; kind: 'file' | 'dir' };

type Done = Result<{ revisions: string[] }>;

/** A name, or a path below the folder: `notes/2026/a.md` makes the folders on the way. */
export const placeIn = (folder: Path, name: string): Result<Path> => {
  const problem =
    name.trim() === ''
      ? 'no name'
      : name
          .split('/')
          .map(segmentProblem)
          .find((found) => found !== undefined);
  return problem
    ? err('EINVAL', problem === 'no name' ? 'Write a name.' : `This name has ${problem}.`)
    : parsePath(join(folder, name.trim()));
};

export const makeFile = (client: Client, path: Path): Promise<Done> =>
  client.stub.write([{ op: 'put', path, content: '', base: null }], { message: `New file ${nameOf(path)}` });

export const makeFolder = (client: Client, path: Path): Promise<Done> =>
  client.stub.write([{ op: 'mkdir', path }], { message: `New folder ${nameOf(path)}` });

export const moveTo = (client: Client, from: Path, to: Path): Promise<Done> =>
  client.stub.write([{ op: 'move', from, to }], { message: `Moved ${nameOf(from)} to ${to}` });

/** Everything a removal takes, the deepest first: a folder goes when nothing is in it any more. */
export const whatGoes = async (client: Client, path: Path, kind: 'file' | 'dir'): Promise<Result<Change[]>> => {
  const own: Change = { op: 'remove', path };
  if (kind === 'file') return { ok: true, value: [own] };
  const below = await listAll(client, path, 64);
  if (!below.ok) return below;
  const deepestFirst = below.value.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  return { ok: true, value: [...deepestFirst.map((stat): Change => ({ op: 'remove', path: stat.path })), own] };
};

export const removeAll = (client: Client, changes: Change[], path: Path): Promise<Done> =>
  client.stub.write(changes, { message: `Removed ${nameOf(path)}` });

/** Hand the bytes to the browser's downloads, as they are now or were at a revision. */
export const download = async (client: Client, path: Path, at?: string): Promise<Result<void>> => {
  const read = await client.stub.read(path, { as: 'bytes', ...(at ? { at } : {}) });
  if (!read.ok) return read;
  const { content } = read.value;
  const url = fileUrl(typeof content === 'string' ? new TextEncoder().encode(content) : content, imageType(path));
  const link = document.createElement('a');
  link.href = url;
  link.download = nameOf(path);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { ok: true, value: undefined };
};
