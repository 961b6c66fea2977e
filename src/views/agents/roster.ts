/** Everything the room knows of agents and jobs, followed: their files parsed, the policy, the programs they are of. */
import { ok, type Result, type SysError } from '../../../kernel/protocol/errors.ts';
import { JOBS, parseJob, type Job } from '../../../kernel/protocol/formats/job.ts';
import { parseRole, type Role } from '../../../kernel/protocol/formats/role.ts';
import { nameOf, parentOf, type Path } from '../../../kernel/protocol/paths.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import type { Client } from '../../client/client.ts';
import { useClient } from '../../client/context.ts';
import { createLive, listAll, type Live } from '../../client/live.ts';

export const AGENTS: Path = '/workspace/agents';

/** A file that says what it should, or one that does not, with the parser's words and the file as it stands. */
export type Read<T> = { file: Path; stat: Stat } & ({ value: T } | { error: SysError; text: string });

const readAll = async <T>(
  client: Client,
  stats: readonly Stat[],
  parse: (file: Path, text: string) => Result<T>,
): Promise<Read<T>[]> => {
  const read = await Promise.all(
    stats.map(async (stat): Promise<Read<T>[]> => {
      const found = await client.stub.read(stat.path, { as: 'text' });
      // Gone between the list and the read: it is no agent any more.
      if (!found.ok && found.error.code === 'ENOENT') return [];
      const text = found.ok && typeof found.value.content === 'string' ? found.value.content : '';
      const parsed = found.ok ? parse(stat.path, text) : found;
      return [{ file: stat.path, stat, ...(parsed.ok ? { value: parsed.value } : { error: parsed.error, text }) }];
    }),
  );
  return read.flat();
};

export const createRoster = (): Live<Read<Role>[]> => {
  const client = useClient();
  return createLive(
    () => `${AGENTS}/*/AGENT.md`,
    async (): Promise<Result<Read<Role>[]>> => {
      const listed = await listAll(client, AGENTS, 2);
      if (!listed.ok) return listed;
      return ok(
        await readAll(
          client,
          listed.value.filter(({ path }) => nameOf(path) === 'AGENT.md'),
          parseRole,
        ),
      );
    },
  );
};

export const createJobs = (): Live<Read<Job>[]> => {
  const client = useClient();
  return createLive(
    () => `${JOBS}/*.md`,
    async (): Promise<Result<Read<Job>[]>> => {
      const listed = await listAll(client, JOBS);
      if (!listed.ok) return listed;
      return ok(
        await readAll(
          client,
          listed.value.filter(({ kind, path }) => kind === 'file' && path.endsWith('.md')),
          parseJob,
        ),
      );
    },
  );
};

/** The folder's name: what an agent is called where its role cannot be read. */
export const agentOfFile = (file: Path): string => nameOf(parentOf(file));

export const lineOf = (error: SysError): number | undefined =>
  typeof error.detail?.['line'] === 'number' ? error.detail['line'] : undefined;
