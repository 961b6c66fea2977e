/** ExactEffect: an effect as it will be carried out, every field of it; a body or a script in full. Nothing here is a summary. */
import { For, Show } from 'solid-js';
import { isMcpTools, type Effect as AnyEffect } from '../../../kernel/protocol/effects.ts';
import { Effect } from '../../ui/Effect.tsx';
import { exactOf } from './exact-fields.ts';
import { ToolsOffered } from './ToolsOffered.tsx';

const HEADS: Record<string, string> = {
  notify: 'Exactly this is shown to you, once',
  bash: 'Exactly this script runs, once',
};

export const effectHead = (effect: AnyEffect): string => {
  if (isMcpTools(effect) && effect.approve !== undefined) return 'Exactly these tools may then be called';
  return HEADS[effect.kind] ?? 'Exactly this is sent, once';
};

export function ExactEffect(props: { effect: AnyEffect; open: boolean }) {
  const exact = () => exactOf(props.effect);
  const tools = () =>
    isMcpTools(props.effect) && props.effect.approve !== undefined && props.open ? props.effect : undefined;
  return (
    <div class="stack-s">
      <Effect verb={exact().verb} fields={exact().fields}>
        <For each={exact().texts}>
          {({ label, text }) => (
            <div class="exact-text" role="group" aria-label={label}>
              <p class="faint">{label.toLowerCase()}</p>
              <pre class="exact-script">{text}</pre>
            </div>
          )}
        </For>
      </Effect>
      <Show when={tools()}>{(effect) => <ToolsOffered effect={effect()} />}</Show>
    </div>
  );
}
