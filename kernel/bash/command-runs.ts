/** `ps`, `kill` and `run`: what is running, stopping it, and starting a job or an agent. */
import { call, Refusal, wanted, type Command } from './command.ts';
import type { Stat } from '../protocol/files.ts';

const field = (process: Record<string, unknown>, key: string): string => {
  const value = process[key];
  return typeof value === 'string' ? value : '';
};

export const ps: Command = {
  usage: 'ps',
  what: 'what is running now',
  run: async (_words, host) => {
    const { entries } = await call(host, 'list', { path: '/proc/runs' });
    const rows = ['RUN                              STATE     STARTED   ACTOR                KIND     TITLE'];
    for (const { path } of entries as Stat[]) {
      const read = await host.port.invoke('read', { path });
      // It may have ended between the listing and the reading.
      if (!read.ok || typeof read.value.content !== 'string') continue;
      const process = JSON.parse(read.value.content) as Record<string, unknown>;
      const cells = [
        field(process, 'id').padEnd(32),
        field(process, 'state').padEnd(9),
        field(process, 'startedAt').slice(11, 19).padEnd(9),
      ];
      rows.push(
        [...cells, field(process, 'actor').padEnd(20), field(process, 'kind').padEnd(8), field(process, 'title')].join(
          ' ',
        ),
      );
    }
    return `${rows.join('\n')}\n`;
  },
};

export const kill: Command = {
  usage: 'kill RUN… | kill all',
  what: 'stop a run, or every run',
  run: async (words, host) => {
    const runs = words.filter((word) => !word.startsWith('-'));
    wanted(runs[0], kill.usage);
    const killed: string[] = [];
    for (const id of runs) killed.push(...(await call(host, 'kill', { run: id })).killed);
    return killed.length === 0 ? 'Nothing was running under that name.\n' : `Stopped ${killed.join(', ')}.\n`;
  },
};

export const run: Command = {
  usage: 'run PATH [PROMPT…]',
  what: 'run a job or an agent now',
  run: async ([word, ...prompt], host) => {
    const path = host.path(wanted(word, run.usage));
    await host.flush();
    const args = prompt.length === 0 ? {} : { args: { prompt: prompt.join(' ') } };
    const fired = await call(host, 'fire', { target: path, ...args });
    const said = `${path}: ${fired.state}${fired.run ? `, run ${fired.run}` : ''}`;
    if (fired.state === 'denied' || fired.state === 'failed') throw new Refusal(said);
    return `${said}\n`;
  },
};
