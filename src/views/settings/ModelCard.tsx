/**
 * ModelCard: which model answers, where it is reached, and its key. The key goes into the kernel's vault and can never be
 * read back, only replaced or removed; where it may be sent is fixed with it.
 */
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js';
import { useClient, useDesk } from '../../client/context.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import {
  entryOf,
  errorsOf,
  formOf,
  originOf,
  PRESETS,
  type FormErrors,
  type Kept,
  type ModelForm,
  type PresetId,
} from './model-form.ts';
import type { PolicyFile } from './policy-file.ts';
import { SettingsFoot } from './SettingsFoot.tsx';
import { TryIt } from './TryIt.tsx';

const SECRET = 'MODEL_KEY';

export function ModelCard(props: { file: PolicyFile }) {
  const client = useClient();
  const desk = useDesk();
  const [form, setForm] = createSignal<ModelForm>(formOf(undefined));
  const [touched, setTouched] = createSignal(false);
  const [errors, setErrors] = createSignal<FormErrors>({});
  const [failed, setFailed] = createSignal<string>();
  const [busy, setBusy] = createSignal(false);
  const [kept, setKept] = createSignal<Kept>();
  const [replacing, setReplacing] = createSignal(false);

  const current = () => props.file.policy()?.models['default'];
  const secretName = () => current()?.secret ?? SECRET;
  const preset = createMemo(() => PRESETS.find(({ id }) => id === form().preset));
  const change = (part: Partial<ModelForm>) => {
    setTouched(true);
    setErrors({});
    setForm({ ...form(), ...part });
  };

  const loadKept = async () => {
    const listed = await client.call('secrets', {});
    if (listed.ok) setKept(listed.value.secrets.find(({ name }) => name === secretName()));
  };
  // What the file says fills the form until the operator has changed something in it.
  createEffect(
    on(props.file.policy, (policy) => {
      if (!touched()) setForm(formOf(policy));
      void loadKept();
    }),
  );

  const pick = (id: PresetId) => change({ preset: id, address: PRESETS.find((one) => one.id === id)?.address ?? '' });

  const save = async () => {
    if (busy()) return;
    const wrong = errorsOf(form(), kept());
    setErrors(wrong);
    setFailed(undefined);
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    const problem = await keep();
    setBusy(false);
    if (problem) return setFailed(problem);
    setTouched(false);
    setReplacing(false);
    desk.say(`${form().model.trim()} is connected.`);
  };

  const keep = async (): Promise<string | undefined> => {
    const origin = originOf(form().address) ?? '';
    const key = form().key.trim();
    if (key !== '') {
      const stored = await client.call('secret', { name: secretName(), value: key, origins: [origin] });
      if (!stored.ok) return `The key was not kept: ${stored.error.message}`;
      // The key leaves this page's memory as soon as the vault has it.
      setForm({ ...form(), key: '' });
      await loadKept();
    }
    const secret = kept()?.origins.includes(origin) ? secretName() : undefined;
    const { withModel } = await import('./edit-policy.ts');
    const text = withModel(props.file.text() ?? '', entryOf(form(), secret));
    if (text === props.file.text()) return undefined;
    const written = await props.file.write(text, `Connected ${form().model.trim()}`);
    return written.ok ? undefined : `policy.yaml was not written: ${written.error.message}`;
  };

  const forget = async () => {
    const gone = await client.call('secret', { name: secretName(), value: null });
    if (!gone.ok) return setFailed(`The key was not removed: ${gone.error.message}`);
    setKept(undefined);
    desk.say('The key is removed from this device.');
  };

  return (
    <Card
      title="Model"
      actions={
        <Show when={current()} fallback={<Chip icon="dash">Not connected</Chip>}>
          {(model) => (
            <Chip tone="quiet" icon="check">
              {model().model}
            </Chip>
          )}
        </Show>
      }
    >
      <form
        class="stack gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Show when={!current()}>
          <p class="muted t13">
            Agents think with a model that you connect. Without one, files, history, programs and bash lines work;
            orders in plain words do not.
          </p>
        </Show>
        <Field label="Provider" hint={preset()?.letIn?.(location.origin)}>
          <Select
            value={form().preset}
            options={PRESETS.map(({ id, label }) => ({ value: id, label }))}
            onPick={(id) => pick(id as PresetId)}
          />
        </Field>
        <Field label="Address" error={errors().address} hint="Of a server that speaks the Anthropic Messages API.">
          <Input
            mono
            inputmode="url"
            value={form().address}
            onText={(address) => change({ address })}
            placeholder="https://gateway.example"
          />
        </Field>
        <Field label="Model" error={errors().model} hint={preset()?.modelHint}>
          <Input mono value={form().model} onText={(model) => change({ model })} />
        </Field>
        <Show
          when={kept() && !replacing()}
          fallback={
            <Field
              label={preset()?.local ? 'Key (most local servers want none)' : 'Key'}
              error={errors().key}
              hint={`Encrypted on this device; this page cannot read it back. Sent to ${originOf(form().address) ?? 'that address'} only.`}
            >
              <Input mono type="password" autocomplete="off" value={form().key} onText={(key) => change({ key })} />
            </Field>
          }
        >
          <div class="field">
            <span class="label">Key</span>
            <div class="row row-wrap">
              <span class="t13 grow settings-kept">
                A key is kept. It is sent to {kept()?.origins.join(', ')} only.
              </span>
              <Button small onClick={() => setReplacing(true)}>
                Replace the key
              </Button>
              <Button small variant="stop" onClick={() => void forget()}>
                Remove the key
              </Button>
            </div>
            <Show when={errors().key}>
              {(words) => (
                <p class="field-error" role="alert">
                  {words()}
                </p>
              )}
            </Show>
          </div>
        </Show>
        <details class="t13" open={form().priceIn !== ''}>
          <summary>Price, so that runs can say what they cost</summary>
          <div class="cols-2 mt-3">
            <Field label="Dollars for a million tokens in" error={errors().price}>
              <Input inputmode="decimal" value={form().priceIn} onText={(priceIn) => change({ priceIn })} />
            </Field>
            <Field label="Dollars for a million tokens out">
              <Input inputmode="decimal" value={form().priceOut} onText={(priceOut) => change({ priceOut })} />
            </Field>
          </div>
          <p class="hint mt-2">
            As the provider publishes them. A model without a price, here or in /workspace/settings/prices.yaml, is not
            asked; one on this computer costs nothing where you leave these empty.
          </p>
        </details>
        <Show when={failed()}>
          {(words) => (
            <p class="small fail-ink" role="alert">
              {words()}
            </p>
          )}
        </Show>
        <div class="btn-row">
          <Button variant="primary" type="submit" busy={busy()}>
            {current() ? 'Save' : 'Connect'}
          </Button>
        </div>
      </form>
      <Show when={current()}>{(model) => <TryIt model={model().model} stale={touched()} />}</Show>
      <SettingsFoot stat={props.file.stat()} />
    </Card>
  );
}
