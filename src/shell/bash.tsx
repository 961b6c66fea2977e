/**
 * Bash: a line run over the workspace as the operator, through the same gate as a click. Folder and variables carry on
 * from line to line. Lines run one after the other, so the one alive in the process table is the one to stop.
 */
import { createSignal, type JSX, lazy, Suspense } from 'solid-js';
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { BashEnded } from '../../kernel/protocol/ports.ts';
import { useClient } from '../client/context.ts';
import { createProcesses } from '../client/records.ts';
import { createChanges } from './changes.ts';
import type { OrderKind, Turn } from './order.ts';

/** How a turn looks is fetched with the first one. */
const BashTurn = lazy(async () => ({ default: (await import('./BashTurn.tsx')).BashTurn }));

const HOME = '/workspace';

/** How a line ended: what bash answered, or why it was never run. */
export type LineEnd = { ok: true; ended: BashEnded } | { ok: false; error: SysError };

export const createBash = (): OrderKind => {
  const client = useClient();
  const processes = createProcesses();
  const changes = createChanges();
  const [given, setGiven] = createSignal<readonly string[]>([]);
  let cwd = HOME;
  let env: Record<string, string> | undefined;
  let before: Promise<unknown> = Promise.resolve();

  const run = async (script: string): Promise<LineEnd> => {
    const fired = await client.stub.fire({ kind: 'bash', script, cwd, ...(env ? { env } : {}) });
    if (!fired.ok) return fired;
    const ended = fired.value.result as BashEnded | undefined;
    if (fired.value.state !== 'done' || ended === undefined) {
      return {
        ok: false,
        error: {
          code: 'EACCES',
          call: 'fire',
          message: `This line was not run: the kernel answered “${fired.value.state}”.`,
        },
      };
    }
    ({ cwd, env } = ended);
    return { ok: true, ended };
  };

  const give = (script: string): Turn => {
    setGiven([...given(), script]);
    const at = Date.now();
    const [state, setState] = createSignal<'waiting' | 'running' | 'ended'>('waiting');
    const [end, setEnd] = createSignal<LineEnd>();
    let stopped = false;
    const finish = (how: LineEnd): void => {
      setEnd(how);
      setState('ended');
    };
    before = before.then(async () => {
      if (stopped)
        return finish({ ok: false, error: { code: 'ECANCELED', call: 'fire', message: 'Taken back before it ran.' } });
      setState('running');
      finish(await run(script));
    });
    const alive = () => processes.value()?.find(({ kind, actor }) => kind === 'bash' && actor === 'operator');
    const stop = (): void => {
      stopped = true;
      const process = state() === 'running' ? alive() : undefined;
      if (process) void client.call('kill', { run: process.id });
    };
    const summary = (): string => {
      const how = end();
      if (how === undefined)
        return state() === 'running' ? `Running: ${firstLine(script)}` : `Waits: ${firstLine(script)}`;
      if (!how.ok) return how.error.message;
      const said = (how.ended.stdout || how.ended.stderr).trimEnd().split('\n').at(-1);
      return said || (how.ended.code === 0 ? 'Done' : `Exit ${how.ended.code}`);
    };
    const view = (): JSX.Element => (
      <Suspense>
        <BashTurn
          script={script}
          at={at}
          waiting={state() === 'waiting'}
          end={end()}
          changed={changes(revisionsOf(end()))}
          canStop={state() === 'waiting' || alive() !== undefined}
          onStop={stop}
        />
      </Suspense>
    );
    return { id: `bash-${at}-${given().length}`, at, running: () => state() !== 'ended', stop, summary, view };
  };

  return {
    id: 'bash',
    label: '$',
    said: 'bash',
    placeholder: 'runs as you',
    mono: true,
    opener: '$',
    history: given,
    give,
  };
};

const firstLine = (script: string): string => script.split('\n')[0] ?? '';
const revisionsOf = (end: LineEnd | undefined): string[] => (end?.ok ? end.ended.revisions : []);
