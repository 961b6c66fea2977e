/**
 * GrantsCard: what agents may do alone. The policy read out in plain words, its two commonest choices as controls, and
 * the file itself to edit: a text that does not parse is refused with its line, and what stood before goes on counting.
 */
import { createSignal, For, Show } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { Autonomy } from '../../../kernel/protocol/formats/role.ts';
import { useDesk } from '../../client/context.ts';
import { WORKS_AGAIN } from '../../client/paused-policy.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Check } from '../../ui/Check.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Code } from '../../ui/Code.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Field } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { Toggle } from '../../ui/Toggle.tsx';
import { readOut } from './read-out.ts';
import { POLICY, type PolicyFile } from './policy-file.ts';
import { SettingsFoot } from './SettingsFoot.tsx';

const LEVELS: readonly { id: Autonomy; label: string; hint: string }[] = [
  { id: 'manual', label: 'Manual', hint: 'Every change waits for you.' },
  { id: 'bounded', label: 'Bounded', hint: 'Writes within grants; what leaves the workspace waits for you.' },
  {
    id: 'autonomous',
    label: 'Autonomous',
    hint: 'As bounded today: no effect that leaves the workspace is built yet. What cannot be undone will still wait.',
  },
];

export function GrantsCard(props: { file: PolicyFile }) {
  const desk = useDesk();
  const [draft, setDraft] = createSignal<string>();
  const [failed, setFailed] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);
  const line = () => {
    const at = failed()?.detail?.['line'];
    return typeof at === 'number' ? at : undefined;
  };
  const around = () => (draft() ?? props.file.text() ?? '').split('\n');

  const write = async (text: string, message: string): Promise<boolean> => {
    setBusy(true);
    setFailed(undefined);
    const written = await props.file.write(text, message);
    setBusy(false);
    if (!written.ok) setFailed(written.error);
    return written.ok;
  };
  const setAutonomy = async (level: Autonomy) => {
    const { withAutonomy } = await import('./edit-policy.ts');
    if (await write(withAutonomy(props.file.text() ?? '', level), `Autonomy: ${level}`))
      desk.say(`Autonomy is ${level} from now on.`);
  };
  /** Stopping is the desk's: it also ends what runs. */
  const setStopped = async (stop: boolean) => {
    if (stop) return desk.stopAll();
    const { withPaused } = await import('../../client/policy-text.ts');
    if (await write(withPaused(props.file.text() ?? '', false), 'Lets agents work again')) desk.say(WORKS_AGAIN);
  };
  const save = async () => {
    if (await write(draft() ?? '', 'Edited in Settings')) {
      setDraft(undefined);
      desk.say('policy.yaml is saved and counts from now on.');
    }
  };

  return (
    <Card
      title="What agents may do alone"
      actions={
        <Show when={props.file.policy()?.paused}>
          <Chip tone="wait" icon="pause">
            Everything is stopped
          </Chip>
        </Show>
      }
    >
      <div class="stack gap-4">
        <Show when={props.file.error()}>
          {(error) => (
            <ErrorCard
              title="policy.yaml cannot be read, so nothing may act alone"
              code={`${error().code} ${POLICY}`}
              safe="Your files are untouched. Mend the text below; the moment it can be read it counts."
            >
              {error().message}
            </ErrorCard>
          )}
        </Show>
        <Show
          when={props.file.policy()}
          fallback={
            <Show when={!props.file.error()}>
              <Skeleton label="Reading your policy" />
            </Show>
          }
        >
          {(policy) => (
            <>
              <fieldset class="stack-s">
                <legend class="label">Autonomy</legend>
                <For each={LEVELS}>
                  {({ id, label, hint }) => (
                    <Check
                      kind="radio"
                      name="autonomy"
                      label={label}
                      hint={hint}
                      disabled={busy()}
                      checked={policy().autonomy === id}
                      onChange={() => void setAutonomy(id)}
                    />
                  )}
                </For>
              </fieldset>
              <Toggle
                label="Stop everything: runs end, nothing starts by itself, and each change an agent wants waits for you"
                words={['stopped', 'not stopped']}
                on={policy().paused}
                disabled={busy()}
                onChange={(on) => void setStopped(on)}
              />
              <div>
                <p class="label">Your policy says</p>
                <ul class="rights mt-2">
                  <For each={readOut(policy())}>
                    {(line) => (
                      <li>
                        <Icon name={line.icon} />
                        <span>
                          {line.words}
                          <For each={line.paths}>
                            {(path, index) => (
                              <>
                                {index() > 0 ? ', ' : ' '}
                                <span class="path">{path}</span>
                              </>
                            )}
                          </For>
                        </span>
                      </li>
                    )}
                  </For>
                </ul>
                <p class="hint mt-2">A role can only narrow this. No agent and no program can change this file.</p>
              </div>
            </>
          )}
        </Show>
        <Show
          when={draft() !== undefined || props.file.error()}
          fallback={
            <div class="btn-row">
              <Button small icon="pen" onClick={() => setDraft(props.file.text() ?? '')}>
                Edit policy.yaml
              </Button>
            </div>
          }
        >
          <Field
            label="policy.yaml"
            hint="Saved as one revision. What cannot be read is refused, and what stood before goes on counting."
            error={failed()?.message}
          >
            <TextArea
              mono
              rows={14}
              class="settings-policy"
              value={draft() ?? props.file.text() ?? ''}
              onText={setDraft}
            />
          </Field>
          <Show when={line()}>
            {(at) => (
              <Code
                label={`policy.yaml, around line ${at()}`}
                text={around()
                  .slice(Math.max(0, at() - 3), at() + 2)
                  .join('\n')}
                from={Math.max(1, at() - 2)}
                bad={at()}
              />
            )}
          </Show>
          <div class="btn-row">
            <Button variant="primary" busy={busy()} onClick={() => void save()}>
              Save policy.yaml
            </Button>
            <Button
              onClick={() => {
                setDraft(undefined);
                setFailed(undefined);
              }}
            >
              Leave it as it is
            </Button>
          </div>
        </Show>
        <Show when={failed() && draft() === undefined}>
          <p class="small fail-ink" role="alert">
            Not changed: {failed()?.message}
          </p>
        </Show>
      </div>
      <SettingsFoot stat={props.file.stat()} />
    </Card>
  );
}
