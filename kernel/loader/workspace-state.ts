/**
 * What stands in the workspace where a program would put its files. Shared by `plan`, which shows it, and `activate`,
 * which acts on it, so that both see one thing. Reads only.
 */
import { decodeText, hashHex } from '../protocol/bytes.ts';
import { roleFile } from '../protocol/formats/role.ts';
import { ok, type Result } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Stat } from '../protocol/files.ts';
import type { Bundle, Fork } from './bundle.ts';
import { isFraming } from './read-forks.ts';
import { programOf } from './stamp.ts';

/** `hash` of the bytes that stand there ('' when a folder does); `ours` when they say they belong to this program. */
export type Standing = { fork: Fork; there?: { hash: string; ours: boolean } };

const look = async (sys: Sys, fork: Fork, program: string): Promise<Result<Standing>> => {
  const read = await sys.read(fork.path, { as: 'bytes' });
  if (!read.ok) {
    if (read.error.code === 'ENOENT') return ok({ fork });
    return read.error.code === 'EISDIR' ? ok({ fork, there: { hash: '', ours: false } }) : read;
  }
  const { content } = read.value;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const text = isFraming(fork.path) ? decodeText(bytes) : undefined;
  return ok({
    fork,
    there: { hash: hashHex(bytes), ours: text !== undefined && programOf(fork.path, text) === program },
  });
};

const AT_ONCE = 32;

/** The answers in order, a few asked at a time; the first refusal ends it. */
export const inBatches = async <A, B>(
  items: readonly A[],
  ask: (item: A) => Promise<Result<B>>,
): Promise<Result<B[]>> => {
  const out: B[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    for (const answer of await Promise.all(items.slice(at, at + AT_ONCE).map(ask))) {
      if (!answer.ok) return answer;
      out.push(answer.value);
    }
  }
  return ok(out);
};

export const standings = async (sys: Sys, bundle: Bundle): Promise<Result<Standing[]>> => {
  return inBatches(bundle.forks, (fork) => look(sys, fork, bundle.plugin.name));
};

/** Agents of the bundle whose place is taken by a role that is not this program's. They stay what they are. */
export const takenAgents = (bundle: Bundle, found: readonly Standing[]): string[] => {
  const theirs = new Set(found.filter(({ there }) => there && !there.ours).map(({ fork }) => fork.path));
  return bundle.roles.map((role) => role.name).filter((name) => theirs.has(roleFile(name)));
};

/** Every file below a folder; an absent folder has none. */
export const filesBelow = async (sys: Sys, folder: string): Promise<Result<Stat[]>> => {
  const out: Stat[] = [];
  let cursor: string | undefined;
  do {
    const page = await sys.list(folder, { depth: 64, limit: 10_000, ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) return page.error.code === 'ENOENT' ? ok(out) : page;
    out.push(...page.value.entries.filter((entry) => entry.kind === 'file'));
    cursor = page.value.cursor;
  } while (cursor !== undefined);
  return ok(out);
};
