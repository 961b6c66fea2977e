/**
 * The plan on the table: asked for, being read, read, or failed; then the decision about it. Reading changes nothing,
 * so giving up on a slow download is simply not waiting for it. A decision is sent once.
 */
import { createSignal, type Accessor } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { Plan } from '../../../kernel/protocol/plan.ts';
import { useClient } from '../../client/context.ts';

/** What the operator was after: to have the program, or to see it rehearsed. */
export type Intent = 'install' | 'rehearse';

export type Source = { label: string; data: string | Uint8Array<ArrayBuffer>; bytes?: number };

export type Step = 'installing' | 'activating' | 'starting the rehearsal';

export type Table =
  | { state: 'empty' }
  | { state: 'reading'; source: Source; since: number }
  | { state: 'failed'; source: Source; error: SysError }
  | { state: 'read'; source: Source; plan: Plan; intent: Intent; step?: Step; error?: SysError };

export type Planning = {
  table: Accessor<Table>;
  read: (source: Source, intent?: Intent) => Promise<void>;
  /** Off the table: nothing was changed. */
  clear: () => void;
  /** Install exactly this plan, and go on as far as was decided. Answers whether all of it succeeded. */
  install: (on: { activate: boolean; rehearse: (name: string) => Promise<SysError | undefined> }) => Promise<boolean>;
};

export const createPlanning = (): Planning => {
  const client = useClient();
  const [table, setTable] = createSignal<Table>({ state: 'empty' });
  let asked = 0;

  return {
    table,
    clear: () => {
      asked += 1;
      setTable({ state: 'empty' });
    },
    read: async (source, intent = 'install') => {
      const mine = ++asked;
      setTable({ state: 'reading', source, since: Date.now() });
      const planned = await client.call('plan', { source: source.data });
      if (mine !== asked) return;
      setTable(
        planned.ok
          ? { state: 'read', source, plan: planned.value, intent }
          : { state: 'failed', source, error: planned.error },
      );
    },
    install: async ({ activate, rehearse }) => {
      const now = table();
      if (now.state !== 'read' || now.step !== undefined) return false;
      const { plan, source, intent } = now;
      const at = (more: { step?: Step; error?: SysError }) =>
        setTable({ state: 'read', source, plan, intent, ...more });
      at({ step: 'installing' });
      const installed = await client.call('install', { digest: plan.digest });
      if (!installed.ok) return (at({ error: installed.error }), false);
      if (activate) {
        at({ step: 'activating' });
        const activated = await client.call('activate', { name: installed.value.name });
        if (!activated.ok) return (at({ error: activated.error }), false);
      }
      if (intent === 'rehearse') {
        at({ step: 'starting the rehearsal' });
        const error = await rehearse(installed.value.name);
        if (error) return (at({ error }), false);
      }
      asked += 1;
      setTable({ state: 'empty' });
      return true;
    },
  };
};
