// Allod's kernel, as the tab's worker boots it: the real database, the real gate, the daemons that ship. Only the rooms
// that act (agents, bash, effects, loader) are absent: no row asks for them.
import type { Change } from '../../../kernel/protocol/files.ts';
import type { Ports } from '../../../kernel/protocol/ports.ts';
import type { Result } from '../../../kernel/protocol/errors.ts';
import type { Running } from '../../../kernel/boot/kernel.ts';
import type { Sys } from '../../../kernel/protocol/sys.ts';
import { MESSAGE, type SampleFile } from '../measure/corpus.ts';

const WORKSPACE = 'bench';
/** The kernel's database in the profile; the cold rows open it bare. */
export const DATABASE = `allod:${WORKSPACE}`;

export type Ours = {
  running: Running;
  /** The operator's handle: every call passes the gate. */
  sys: Sys;
  change: (changes: Change[]) => Promise<void>;
  write: (file: SampleFile) => Promise<void>;
  /** Everything is on disk, projections included. */
  settle: () => Promise<void>;
  stop: () => Promise<void>;
};

export const value = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`);
};

const missing = { code: 'ENOSYS', call: '', message: 'The benchmark has no such room.' } as const;
const absent = async (): Promise<{ ok: false; error: typeof missing }> => ({ ok: false, error: missing });
const idle: Ports['agents']['run'] = async () => ({
  state: 'skipped',
  usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 },
});

/** The kernel's code, loaded and evaluated; booting is a step of its own, so that a cold start can be timed without it. */
export const loadOurs = async (workspace = WORKSPACE): Promise<() => Promise<Ours>> => {
  // Yjs comes with the first text that was ever edited: code, not a start.
  const [{ bootKernel }] = await Promise.all([
    import('../../../kernel/boot/kernel.ts'),
    import('../../../kernel/fs/texts.ts'),
    import('../../../kernel/journal/replay.ts'),
  ]);
  const boot = (): Promise<Running> =>
    bootKernel({
      workspace,
      now: () => Date.now(),
      setTimer: (run, ms) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      storage: { persist: async () => false, state: async () => ({ usage: 0, quota: 0, persisted: false }) },
      ports: ({ secrets }) => ({
        secrets,
        agents: { run: idle },
        bash: { run: absent },
        effects: { run: absent },
        loader: { plan: absent, install: absent, activate: absent, deactivate: absent },
      }),
      daemons: async () => (await import('../../../kernel/daemons/table.ts')).DAEMONS,
    });
  return async () => {
    const running = await boot();
    const sys = running.as('operator');
    const change: Ours['change'] = async (changes) => void value(await sys.write(changes, { message: MESSAGE }));
    return {
      running,
      sys,
      change,
      write: ({ path, text }) => change([{ op: 'put', path, content: text, base: null }]),
      settle: () => running.kernel.fs.flush(),
      stop: () => running.stop(),
    };
  };
};

export const openOurs = async (workspace = WORKSPACE): Promise<Ours> => (await loadOurs(workspace))();
