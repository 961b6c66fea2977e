/**
 * A rehearsal: a program's recorded model answers, played against the material they were recorded with. The kernel
 * plays; here it is started, and its runs are recognised by the label they carry.
 */
import { createSignal, type Accessor } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { useClient } from '../../client/context.ts';

export type Rehearsing = {
  /** The program being rehearsed and the run that plays it; kept until another one is. */
  now: Accessor<{ name: string; run: string } | undefined>;
  start: (name: string) => Promise<SysError | undefined>;
};

export const createRehearsing = (): Rehearsing => {
  const client = useClient();
  const [now, setNow] = createSignal<{ name: string; run: string }>();
  return {
    now,
    start: async (name) => {
      const fired = await client.stub.fire(`/programs/${name}`, { args: { rehearse: true } });
      if (!fired.ok) return fired.error;
      const { run, state, result } = fired.value;
      if (run === undefined)
        return {
          code: 'EACCES',
          call: 'fire',
          message: `The rehearsal was not started (${state}). ${typeof result === 'string' ? result : ''}`,
        };
      setNow({ name, run });
      return undefined;
    },
  };
};
