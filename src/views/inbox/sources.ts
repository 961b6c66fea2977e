/** What an agent read before it proposed, and what its run cost so far: from the run's record. */
import type { Accessor } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Proposal, RunRecord } from '../../../kernel/protocol/formats/records.ts';
import { useClient } from '../../client/context.ts';
import { createLive, type Live } from '../../client/live.ts';
import { href } from '../../client/route.ts';
import type { DeedSource } from '../../ui/DeedAside.tsx';
import { relativeDay } from '../../ui/words.ts';
import type { WholeRun } from '../run-file.ts';

const MOST = 8;

/** USD spent up to now; undefined when no step has a known price. */
export const spent = (records: readonly RunRecord[]): number | undefined => {
  const prices = records.flatMap((record) =>
    (record.t === 'model' || record.t === 'spent') && record.usd !== undefined ? [record.usd] : [],
  );
  return prices.length > 0 ? prices.reduce((sum, usd) => sum + usd, 0) : undefined;
};

/** Paths read before `until`, in the order they were first read. */
export const pathsRead = (records: readonly RunRecord[], until: string): string[] => {
  const paths = records.flatMap((record): string[] => {
    if (record.t !== 'tool' || !record.ok || record.name !== 'read' || record.at > until) return [];
    const path =
      record.input !== null && typeof record.input === 'object' && 'path' in record.input
        ? record.input.path
        : undefined;
    return typeof path === 'string' ? [path] : [];
  });
  return [...new Set(paths)];
};

/** Each with who had written it last at that time. */
export const createSources = (proposal: Accessor<Proposal>, run: Live<WholeRun>): Live<DeedSource[]> => {
  const client = useClient();
  const paths = () => pathsRead(run.value()?.records ?? [], proposal().createdAt).slice(0, MOST);
  const load = async (): Promise<Result<DeedSource[]>> => {
    const at = proposal().createdAt;
    const found = await Promise.all(
      paths().map(async (path): Promise<DeedSource> => {
        const read = await client.stub.read(path, { at, length: 1 });
        const link = { label: path.split('/').slice(-2).join('/'), href: href({ room: 'files', path }) };
        if (!read.ok) return { actor: 'operator', ...link };
        return { actor: read.value.stat.actor, when: relativeDay(read.value.stat.at, { now: Date.now() }), ...link };
      }),
    );
    return ok(found);
  };
  // What was read is over: nothing about it changes, so the run's own file is enough to watch.
  return createLive(
    () => (paths().length > 0 ? (run.value()?.path ?? undefined) : undefined),
    load,
    () => paths().join('\n'),
  );
};
