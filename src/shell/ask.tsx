/**
 * Ask: plain language to the shell agent. An order fires the agent's role file; the answer is that run, followed. A
 * conversation goes on by naming the run before it. Nothing is kept here: after a reload the turns are read back from
 * the agent's run files, once the first screen stands.
 */
import {
  createEffect,
  createSignal,
  getOwner,
  onCleanup,
  runWithOwner,
  type Accessor,
  type JSX,
  lazy,
  Suspense,
} from 'solid-js';
import type { SysError } from '../../kernel/protocol/errors.ts';
import { useClient } from '../client/context.ts';
import type { FollowedRun } from '../client/follow.ts';
import { createPolicy, modelOf } from '../client/policy.ts';
import { createProposals } from '../client/records.ts';
import { rested } from '../client/rested.ts';
import { href } from '../client/route.ts';
import type { OrderKind, Turn } from './order.ts';

/** How a turn looks is fetched with the first one. */
const AskTurn = lazy(async () => ({ default: (await import('./AskTurn.tsx')).AskTurn }));

const AGENT = 'shell';
const ROLE = `/workspace/agents/${AGENT}/AGENT.md`;

export type MakeTurn = (
  id: string,
  at: number,
  prompt: string,
  run: () => FollowedRun | undefined,
  failed?: () => SysError | undefined,
) => Turn;

export const createAsk = (): OrderKind => {
  const client = useClient();
  const owner = getOwner();
  const policy = createPolicy();
  const proposals = createProposals();
  const [given, setGiven] = createSignal<readonly string[]>([]);
  /** The run the next order continues: the newest that got an answer. */
  let latest: string | undefined;

  const loadedAt = new Date().toISOString();
  const [past, setPast] = createSignal<Accessor<readonly Turn[]>>();
  const lookBack = async (): Promise<void> => {
    await rested();
    const { createPast } = await import('./ask-past.ts');
    const turns = runWithOwner(owner, () => createPast(AGENT, loadedAt, turnOf, (path) => (latest ??= path)));
    setPast(() => turns);
  };

  const turnOf: MakeTurn = (id, at, prompt, run, failed = () => undefined) => {
    const running = () => failed() === undefined && run()?.end === undefined;
    const stop = () => {
      const followed = run();
      if (followed) void client.call('kill', { run: followed.id });
    };
    const proposed = () =>
      proposals.value()?.filter((proposal) => proposal.run !== undefined && proposal.run === run()?.id) ?? [];
    const summary = () =>
      failed()?.message ??
      run()?.end?.error?.message ??
      run()?.end?.text?.split('\n')[0] ??
      (run()?.live || 'Waiting for the model');
    return {
      id,
      at,
      running,
      stop,
      summary,
      view: () => (
        <Suspense>
          <AskTurn
            prompt={prompt}
            at={at}
            run={run()}
            failed={failed()}
            running={running()}
            proposed={proposed()}
            onStop={stop}
          />
        </Suspense>
      ),
    };
  };

  const give = (prompt: string): Turn => {
    setGiven([...given(), prompt]);
    const [run, setRun] = createSignal<() => FollowedRun>();
    const [failed, setFailed] = createSignal<SysError>();
    const fire = async () => {
      const fired = await client.stub.fire(ROLE, { args: { prompt, ...(latest ? { after: latest } : {}) } });
      if (!fired.ok) return setFailed(fired.error);
      const { run: id, state } = fired.value;
      if (id === undefined) return setFailed(refused(state));
      const { followRun } = await import('../client/follow.ts');
      runWithOwner(owner, () => {
        const followed = followRun(client, id);
        onCleanup(followed.stop);
        createEffect(() => {
          const { end, path } = followed.run();
          if (end?.state === 'done' && path) latest = path;
        });
        setRun(() => followed.run);
      });
    };
    void fire();
    return turnOf(`ask-${Date.now()}-${given().length}`, Date.now(), prompt, () => run()?.(), failed);
  };

  void lookBack();
  return {
    id: 'ask',
    label: 'Ask',
    said: 'Ask in plain language',
    placeholder: 'Ask, or type $ for bash',
    history: given,
    closed: () => (policy.value() !== undefined && modelOf(policy.value()) === undefined ? <NoModel /> : undefined),
    give,
    past: () => past()?.() ?? [],
  };
};

const refused = (state: string): SysError => ({
  code: 'EACCES',
  call: 'fire',
  message:
    state === 'queued'
      ? 'This waits for your decision in the Inbox.'
      : 'The kernel would not start this run. Look at Settings, Autonomy.',
});

function NoModel(): JSX.Element {
  return (
    <>
      No model is connected, so nobody can answer.{' '}
      <a href={href({ room: 'settings', section: 'models' })}>Connect a model</a>; bash lines work without one.
    </>
  );
}
