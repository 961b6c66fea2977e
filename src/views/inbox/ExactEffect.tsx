/** ExactEffect: an effect as it will be carried out, every field of it; a script in full. Nothing here is a summary. */
import { Show } from 'solid-js';
import type { Effect as AnyEffect } from '../../../kernel/protocol/effects.ts';
import { Effect } from '../../ui/Effect.tsx';

const HEADS: Record<string, string> = {
  notify: 'Exactly this is shown to you, once',
  bash: 'Exactly this script runs, once',
};

export const effectHead = (effect: AnyEffect): string => HEADS[effect.kind] ?? 'Exactly this is sent, once';

const words = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

export function ExactEffect(props: { effect: AnyEffect }) {
  const fields = () =>
    Object.entries(props.effect)
      .filter(([name, value]) => name !== 'kind' && name !== 'script' && value !== undefined && value !== '')
      .map(([name, value]) => [name, words(value)] as const);
  const script = () =>
    'script' in props.effect && typeof props.effect.script === 'string' ? props.effect.script : undefined;
  return (
    <Effect verb={props.effect.kind} fields={fields()}>
      <Show when={script()}>{(text) => <pre class="exact-script">{text()}</pre>}</Show>
    </Effect>
  );
}
