/**
 * TryPolicyCard: what would happen if an agent did this now. The kernel answers, by the same decision as the gate's, and
 * nothing is done; the answer follows the policy, the roles and the programs as they change.
 */
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import { useClient } from '../../client/context.ts';
import { createLive } from '../../client/live.ts';
import { Card } from '../../ui/Card.tsx';
import { Chip, type ChipTone } from '../../ui/Chip.tsx';
import { Field } from '../../ui/Field.tsx';
import type { IconName } from '../../ui/icons.ts';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { agentOfFile, createRoster } from '../agents/roster.ts';
import { answerOf, argsOf, asksPath, WHATS, type Answer, type Question, type What } from './try-policy.ts';

const LOOKS: Record<Answer['verdict'], { tone: ChipTone; icon: IconName }> = {
  apply: { tone: 'mine', icon: 'check' },
  queue: { tone: 'wait', icon: 'clock' },
  deny: { tone: 'fail', icon: 'ban' },
};

export function TryPolicyCard() {
  const client = useClient();
  const roster = createRoster();
  const [picked, setPicked] = createSignal<string>();
  const [what, setWhat] = createSignal<What>('write');
  const [path, setPath] = createSignal('/workspace/context/notes.md');
  const agents = createMemo(() => roster.value()?.map(({ file }) => agentOfFile(file)) ?? []);
  const question = createMemo((): Question | undefined => {
    const agent = picked() ?? agents()[0];
    return agent === undefined ? undefined : { agent, what: what(), path: path() };
  });
  const answer = createLive(
    () => (question() ? ['/system/policy.yaml', '/workspace/agents/*/AGENT.md', '/system/programs/*'] : undefined),
    async (): Promise<Result<Answer | undefined>> => {
      const asked = question();
      if (!asked) return ok(undefined);
      const args = argsOf(asked);
      if (!args.ok) return args;
      const said = await client.call('would', args.value);
      return said.ok ? ok(answerOf(asked, said.value)) : said;
    },
    () => JSON.stringify(question()),
  );

  return (
    <Card title="What would happen if …">
      <Switch fallback={<Skeleton label="Reading the roles" />}>
        <Match when={roster.value()?.length === 0}>
          <p class="hint">No agent works here, so there is nobody to ask about.</p>
        </Match>
        <Match when={question()}>
          {(asked) => (
            <div class="stack-s">
              <div class="try-row">
                <Field label="This agent">
                  <Select
                    value={asked().agent}
                    options={agents().map((name) => ({ value: name, label: name }))}
                    onPick={setPicked}
                  />
                </Field>
                <Field label="now">
                  <Select value={what()} options={WHATS} onPick={(value) => setWhat(value as What)} />
                </Field>
              </div>
              <Show when={asksPath(what())}>
                <Field label="Path" error={answer.error()?.message}>
                  <Input mono value={path()} onText={setPath} />
                </Field>
              </Show>
              <div role="status" class="try-answer">
                <Show when={answer.value()}>
                  {(said) => (
                    <>
                      <Chip tone={LOOKS[said().verdict].tone} icon={LOOKS[said().verdict].icon}>
                        {said().title}
                      </Chip>
                      <p class="t13">{said().words}</p>
                    </>
                  )}
                </Show>
              </div>
              <p class="hint">Only asked: nothing is done, and nothing is recorded in your files.</p>
            </div>
          )}
        </Match>
      </Switch>
    </Card>
  );
}
