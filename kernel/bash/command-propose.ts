/** `propose`: ask for a decision on changes or a notice that the caller may not make alone. */
import type { Change } from '../protocol/files.ts';
import type { Args } from '../protocol/syscalls.ts';
import { asContent } from './encodings.ts';
import { call, Refusal, wanted, type Command, type Host } from './command.ts';

const usage = 'propose -m WHY [--put PATH FILE] [--rm PATH] [--notify TITLE BODY]';

/** The proposal is for the file as it is now; if it changes before the decision, applying it is refused. */
const putOver = async (host: Host, path: string, file: string): Promise<Change> => {
  const bytes = file === '-' ? new TextEncoder().encode(host.stdin()) : await host.read(host.path(file));
  await host.flush();
  const now = await host.port.invoke('read', { path, length: 1 });
  if (!now.ok && now.error.code !== 'ENOENT') throw new Refusal(`${now.error.code} ${path}: ${now.error.message}`);
  return { op: 'put', path, content: asContent(bytes), base: now.ok ? now.value.stat.revision : null };
};

export const propose: Command = {
  usage,
  what: 'ask for a decision on a change you may not make',
  run: async (words, host) => {
    const changes: Change[] = [];
    const ask: Args<'propose'> = { rationale: '', reversibility: 'reversible' };
    const rest = [...words];
    const next = (): string => wanted(rest.shift(), usage);
    while (rest.length > 0) {
      const option = next();
      if (option === '-m') ask.rationale = next();
      else if (option === '-t' || option === '--title') ask.title = next();
      else if (option === '--expects') ask.expects = next();
      else if (option === '--costly') ask.reversibility = 'costly';
      else if (option === '--irreversible') ask.reversibility = 'irreversible';
      else if (option === '--rm') changes.push({ op: 'remove', path: host.path(next()) });
      else if (option === '--put') changes.push(await putOver(host, host.path(next()), next()));
      else if (option === '--notify')
        ask.effect = { kind: 'notify', title: next(), body: rest[0]?.startsWith('-') === false ? next() : '' };
      else throw new Refusal(`propose: ${option} is not an option. usage: ${usage}`);
    }
    if (ask.rationale === '') throw new Refusal(`propose: say why with -m. usage: ${usage}`);
    if (changes.length > 0) ask.changes = changes;
    else if (!ask.effect) throw new Refusal(`propose: nothing is proposed. usage: ${usage}`);
    await host.flush();
    const { id, state } = await call(host, 'propose', ask);
    return `Proposal ${id} is ${state}: /system/proposals/${id}.json\n`;
  },
};
