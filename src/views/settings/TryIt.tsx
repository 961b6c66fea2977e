/** TryIt: one tiny run of the shell's agent with the connected model: its answer, or the exact words of what went wrong. */
import { createSignal, Match, Show, Switch } from 'solid-js';
import type { Ended } from '../../../kernel/protocol/ports.ts';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { useClient } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { money, span } from '../../ui/words.ts';
import { shortRun } from '../run-file.ts';

const ROLE = '/workspace/agents/shell/AGENT.md';
const PROMPT = 'This is a test of the connection. Use no tool. Answer with the one word: ready';

type Outcome = { ms: number; run?: string } & ({ answer: string; usd?: number } | { error: SysError });

const endedOf = (result: unknown): Partial<Ended> =>
  result !== null && typeof result === 'object' ? (result as Partial<Ended>) : {};

export function TryIt(props: { model: string; stale: boolean }) {
  const client = useClient();
  const [busy, setBusy] = createSignal(false);
  const [outcome, setOutcome] = createSignal<Outcome>();

  const attempt = async () => {
    setBusy(true);
    setOutcome(undefined);
    const started = performance.now();
    const fired = await client.stub.fire(ROLE, { args: { prompt: PROMPT, wait: true } });
    const ms = performance.now() - started;
    setBusy(false);
    if (!fired.ok) return setOutcome({ ms, error: fired.error });
    const { run, result, state } = fired.value;
    const { text, error, usd } = endedOf(result);
    const fallback: SysError = {
      code: 'EIO',
      call: 'fire',
      message: typeof result === 'string' ? result : `The run ended as ${state}, without a word.`,
    };
    setOutcome({
      ms,
      ...(run === undefined ? {} : { run }),
      ...(state === 'done' && text !== undefined
        ? { answer: text, ...(usd === undefined ? {} : { usd }) }
        : { error: error ?? fallback }),
    });
  };

  return (
    <div class="stack-s mt-4" aria-live="polite">
      <div class="row row-wrap">
        <Button icon="play" busy={busy()} disabled={props.stale} onClick={() => void attempt()}>
          Try it
        </Button>
        <span class="hint grow">
          {props.stale
            ? 'Save first: what is tried is what is saved.'
            : busy()
              ? `Asking ${props.model} for one word.`
              : 'Asks the model for one word; that takes a few hundred tokens.'}
        </span>
      </div>
      <Show when={outcome()}>
        {(known) => (
          <p class="t13">
            <Switch>
              <Match when={'answer' in known() && known()}>
                {(good) => (
                  <>
                    Answered in {span(good().ms)}: <q>{(good() as { answer: string }).answer}</q>
                    <Show when={(good() as { usd?: number }).usd}>{(usd) => <>, {money(usd(), true)}</>}</Show>
                  </>
                )}
              </Match>
              <Match when={'error' in known() && known()}>
                {(bad) => (
                  <span class="fail-ink">
                    {(bad() as { error: SysError }).error.message}{' '}
                    <code>{(bad() as { error: SysError }).error.code}</code>
                  </span>
                )}
              </Match>
            </Switch>{' '}
            <Show when={known().run}>
              {(run) => (
                <a class="mono small" href={href({ room: 'agents', run: run() })}>
                  run {shortRun(run())}
                </a>
              )}
            </Show>
          </p>
        )}
      </Show>
    </div>
  );
}
