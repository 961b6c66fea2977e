/** What a path is to the Files room: writable or not, text or picture, and how its last step is written. Pure. */
import type { Stat } from '../../../kernel/protocol/files.ts';
import { isUnder, nameOf, parentOf, type Path } from '../../../kernel/protocol/paths.ts';

const ROOT_NOTES: Record<string, string> = { '/programs': 'read only', '/system': 'read only', '/proc': 'live' };

/** Quiet words beside a root: why it cannot be written. */
export const rootNote = (path: Path): string | undefined => ROOT_NOTES[path];

export const POLICY: Path = '/system/policy.yaml';

export const writable = (path: Path): boolean => isUnder(path, '/workspace');
/** Below /workspace, and not the folder itself. */
export const movable = (path: Path): boolean => writable(path) && path !== '/workspace';

const IMAGES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  svg: 'image/svg+xml',
};

export const extensionOf = (path: Path): string => /\.([^./]+)$/.exec(nameOf(path))?.[1]?.toLowerCase() ?? '';
export const imageType = (path: Path): string | undefined => IMAGES[extensionOf(path)];

/** Why a file cannot be edited here; undefined when it can. */
export const whyReadOnly = (stat: Stat): string | undefined => {
  if (stat.path === POLICY) return 'Edited in Settings';
  if (isUnder(stat.path, '/programs')) return 'Installed as it came. Edit the copy in your workspace.';
  if (isUnder(stat.path, '/proc')) return 'Shows what runs at this moment. Nothing here is kept.';
  if (!writable(stat.path)) return 'Written by the kernel. It is a record, so nobody edits it.';
  return undefined;
};

/** `/workspace/context/a.md` → the folders to it, each with its path. */
export const crumbs = (path: Path): { name: string; path: Path }[] => {
  const out: { name: string; path: Path }[] = [];
  for (let at = path; at !== '/'; at = parentOf(at)) out.unshift({ name: nameOf(at), path: at });
  return out;
};

export const fileUrl = (bytes: Uint8Array, type = 'application/octet-stream'): string =>
  URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
