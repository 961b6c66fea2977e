/** kill, pause, log, live: what a process may do to its own record, and the operator to any process. */
import { err, ok } from '../protocol/errors.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import { authorOf, type Handler } from './kernel.ts';

export const kill: Handler<'kill'> = async (kernel, _caller, { run }) => {
  const killed = kernel.processes.kill(run);
  return killed.length === 0 && run !== 'all'
    ? err('ENOENT', `No run ${run} is live. It may have ended already.`)
    : ok({ killed });
};

export const pause: Handler<'pause'> = async (kernel, caller, { run, on }) => {
  const held = kernel.processes.pause(run, on);
  if (held.length === 0 && run !== 'all')
    return err('ENOENT', `No run ${run} is live and ${on ? 'can be held' : 'is held'}.`);
  const text = on ? 'The operator held this run.' : 'The operator let this run go on.';
  const note: RunRecord = { t: 'note', at: new Date(kernel.now()).toISOString(), text, paused: on };
  const content = `${JSON.stringify(note)}\n`;
  const noted = await kernel.fs.write(
    held.flatMap(({ file }) => (file ? [{ op: 'append' as const, path: file, content }] : [])),
    authorOf(caller, on ? `Holds ${held.length} runs` : `Lets ${held.length} runs go on`),
  );
  return noted.ok ? ok({ runs: held.map(({ id }) => id) }) : noted;
};

/** A run writes its steps; how it began and ended is for the process room alone to say. */
const OWN_STEPS = new Set(['model', 'spent', 'tool', 'note']);

export const log: Handler<'log'> = async (kernel, caller, { record }) => {
  const process = kernel.processes.get(caller.run);
  if (!process?.file) return err('ENOENT', 'This process keeps no record, or it has ended.');
  if (!OWN_STEPS.has(record.t)) return err('EINVAL', `A run may log ${[...OWN_STEPS].join(', ')}; not "${record.t}".`);
  // A record of what a model used settles what this run reserved for it: one change set, so that neither is alone.
  const open = 'usage' in record ? kernel.ledger.opened()?.openOf(process.id) : undefined;
  if (open) {
    const { settle, usageIn } = await import('./settle.ts');
    return settle(kernel, caller, process.file, open, usageIn(record), (usd) => ({ ...record, usd }) as RunRecord);
  }
  const line = `${JSON.stringify(record as RunRecord)}\n`;
  const written = await kernel.fs.write(
    [{ op: 'append', path: process.file, content: line }],
    authorOf(caller, `Step of run ${process.id}: ${record.t}`),
  );
  return written.ok ? ok({ revision: written.value.revisions[0] ?? '' }) : written;
};

export const live: Handler<'live'> = async (kernel, caller, { text }) => {
  kernel.processes.setLive(caller.run, text);
  return ok({});
};
