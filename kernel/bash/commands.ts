/**
 * The commands beside those of bash, one row each. A row's usage and words are what `allod` prints.
 */
import { history, blame, restore, revert } from './command-history.ts';
import { activate, deactivate, install } from './command-programs.ts';
import { propose } from './command-propose.ts';
import { kill, ps, run } from './command-runs.ts';
import type { Command } from './command.ts';

export const COMMANDS: Record<string, Command> = {
  history,
  blame,
  revert,
  restore,
  ps,
  kill,
  run,
  propose,
  install,
  activate,
  deactivate,
  allod: {
    usage: 'allod',
    what: 'this list',
    run: async () => {
      const rows = Object.values(COMMANDS).map(({ usage, what }) => `  ${usage.padEnd(44)} ${what}`);
      return [
        'A line of bash works on your files: what it changes is kept as one revision per file, with the line as its message.',
        'Beside the usual commands there are:',
        ...rows,
        '/workspace takes writes; /system, /programs and /proc can be read; /tmp lasts for one line.',
        '',
      ].join('\n');
    },
  },
  whoami: { usage: 'whoami', what: 'who this line acts for', run: async (_words, host) => `${host.port.actor}\n` },
};
