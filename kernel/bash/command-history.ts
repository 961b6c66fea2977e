/** `history`, `blame`, `revert` and `restore`: what a file was, who made it so, and back to it. */
import type { Revision } from '../protocol/files.ts';
import type { BlameRun } from '../protocol/syscalls.ts';
import { call, Refusal, wanted, type Command } from './command.ts';

const when = (at: string): string => at.slice(0, 16).replace('T', ' ');

export const history: Command = {
  usage: 'history PATH [-n COUNT]',
  what: 'revisions of a file, newest first',
  run: async (words, host) => {
    const count = words.indexOf('-n');
    const limit = count < 0 ? 100 : Number(words[count + 1]);
    const [path] = count < 0 ? words : words.toSpliced(count, 2);
    if (!Number.isInteger(limit) || limit < 1) throw new Refusal(`usage: ${history.usage}`);
    await host.flush();
    const { entries, cursor } = await call(host, 'list', {
      path: host.path(wanted(path, history.usage)),
      history: true,
      limit,
    });
    const rows = (entries as Revision[]).map(
      (row) => `${row.id.padEnd(18)} ${when(row.at)}  ${row.actor.padEnd(20)} ${row.op.padEnd(7)} ${row.message}`,
    );
    return `${rows.join('\n')}\n${cursor === undefined ? '' : `(older revisions follow: history -n ${limit * 10} …)\n`}`;
  },
};

/** The stretch that a line belongs to: of those it overlaps, the latest. */
const latest = (runs: BlameRun[], from: number, to: number): BlameRun | undefined =>
  runs.filter((run) => run.from < Math.max(to, from + 1) && run.to > from).sort((a, b) => (a.at < b.at ? 1 : -1))[0];

export const blame: Command = {
  usage: 'blame PATH',
  what: 'who last changed each line of a file',
  run: async ([word], host) => {
    const path = host.path(wanted(word, blame.usage));
    await host.flush();
    const { runs } = await call(host, 'blame', { path });
    const { content, stat } = await call(host, 'read', { path });
    if (typeof content !== 'string') return `${stat.revision}  ${stat.actor}  (not text)\n`;
    let at = 0;
    const rows = content
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => {
        const run = latest(runs, at, at + line.length);
        at += line.length + 1;
        return `${(run?.revision ?? '').padEnd(18)} ${(run?.actor ?? '').padEnd(20)} ${run ? when(run.at) : ''}  ${line}`;
      });
    return `${rows.join('\n')}\n`;
  },
};

export const revert: Command = {
  usage: 'revert PATH REVISION',
  what: 'put the content of an older revision back, as a new one',
  run: async ([word, revision], host) => {
    const path = host.path(wanted(word, revert.usage));
    const { content, stat } = await call(host, 'read', { path, at: wanted(revision, revert.usage), as: 'bytes' });
    await host.write(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return `${path} is again as ${stat.actor} left it at ${when(stat.at)} (${revision}).\n`;
  },
};

export const restore: Command = {
  usage: 'restore PATH [REVISION|DATE]',
  what: 'bring back what was removed, or a file or folder as it was then',
  run: async ([word, at], host) => {
    const path = host.path(wanted(word, restore.usage));
    await host.flush();
    const { revisions } = await call(host, 'write', {
      changes: [{ op: 'restore', path, ...(at === undefined ? {} : { at }) }],
      message: at === undefined ? `Restore ${path}` : `Restore ${path} as of ${at}`,
    });
    if (revisions.length === 0) return `${path} is as it was then: nothing changed.\n`;
    return at === undefined ? `${path} is there again.\n` : `${path} is again as it was (${at}).\n`;
  },
};
