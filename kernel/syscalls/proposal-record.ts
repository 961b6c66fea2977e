/** A proposal's record: read, and moved on by compare-and-set on its revision. */
import { err, ok, type Result } from '../protocol/errors.ts';
import { proposalFile, type Proposal } from '../protocol/formats/records.ts';
import { authorOf, type Caller, type Kernel } from './kernel.ts';

export type Loaded = { proposal: Proposal; revision: string };

/** Who moves a record on when nobody asks. */
export const CONSENT: Pick<Caller, 'actor' | 'run' | 'cause'> = { actor: 'daemon:consent', run: '', cause: '' };

export const load = async (kernel: Kernel, id: string): Promise<Result<Loaded>> => {
  const read = await kernel.fs.read(proposalFile(id), { as: 'text' });
  if (!read.ok) return err('ENOENT', `There is no proposal ${id}.`, { path: proposalFile(id) });
  return ok({ proposal: JSON.parse(String(read.value.content)) as Proposal, revision: read.value.stat.revision });
};

/** Without a revision: a record that is not there yet. */
export const record = (proposal: Proposal, revision: string | null) =>
  ({
    op: 'put',
    path: proposalFile(proposal.id),
    content: `${JSON.stringify(proposal, null, 2)}\n`,
    base: revision,
  }) as const;

export const save = async (
  kernel: Kernel,
  caller: Pick<Caller, 'actor' | 'run' | 'cause'>,
  { proposal, revision }: Loaded,
  message: string,
): Promise<Result<Loaded>> => {
  const written = await kernel.fs.write([record(proposal, revision)], authorOf(caller, message));
  return written.ok ? ok({ proposal, revision: written.value.revisions[0] ?? revision }) : written;
};

export const stamp = (kernel: Kernel): string => new Date(kernel.now()).toISOString();
