/**
 * ToolsOffered: the tools that approving an offer would let agents call. A proposal binds to the digest of the offer; what
 * stands behind it is asked of the server, and only when the operator says so, for asking leaves the device.
 */
import { createSignal, For, Show } from 'solid-js';
import type { McpToolsEffect } from '../../../kernel/protocol/effects.ts';
import type { ToolOffer } from '../../../kernel/protocol/mcp.ts';
import { useClient } from '../../client/context.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { visible } from './exact-fields.ts';

const STATES: Record<ToolOffer['tools'][number]['state'], string> = {
  new: 'new',
  approved: 'approved already',
  changed: 'not what was approved before',
};

const offerIn = (result: unknown): ToolOffer | undefined =>
  result !== null && typeof result === 'object' && 'offer' in result ? (result.offer as ToolOffer) : undefined;

export function ToolsOffered(props: { effect: McpToolsEffect }) {
  const client = useClient();
  const [offer, setOffer] = createSignal<ToolOffer>();
  const [problem, setProblem] = createSignal<string>();
  const [asking, setAsking] = createSignal(false);
  const ask = async () => {
    if (asking()) return;
    setAsking(true);
    setProblem(undefined);
    const looked = await client.stub.fire({ kind: 'mcp-tools', server: props.effect.server });
    setAsking(false);
    if (!looked.ok) return setProblem(looked.error.message);
    const found = 'result' in looked.value ? offerIn(looked.value.result) : undefined;
    setOffer(found);
    if (!found) setProblem('The server did not say what it offers.');
  };
  return (
    <div class="stack-s" role="group" aria-label="The tools">
      <p class="small muted">The tools are known by the digest of the offer. Ask the server to read them here.</p>
      <p>
        <Button small icon="eye" busy={asking()} onClick={() => void ask()}>
          {asking() ? 'Asking the server' : 'Show the tools it offers now'}
        </Button>
      </p>
      <Problem words={problem()} />
      <Show when={offer()}>
        {(shown) => (
          <>
            <p class="small row top-line" classList={{ 'wait-ink': shown().digest !== props.effect.approve }}>
              <Icon name={shown().digest === props.effect.approve ? 'check' : 'warn'} />
              <span>
                {shown().digest === props.effect.approve
                  ? 'This is exactly the offer that the proposal names.'
                  : `It offers something else than the proposal names, so approving would fail. Its digest is ${shown().digest}.`}
              </span>
            </p>
            <dl class="tools-offered t13">
              <For each={shown().tools}>
                {(tool) => (
                  <>
                    <dt>
                      <code>{visible(tool.name)}</code> <span class="faint">{STATES[tool.state]}</span>
                    </dt>
                    <dd>{visible(tool.description) || 'No description.'}</dd>
                  </>
                )}
              </For>
            </dl>
          </>
        )}
      </Show>
    </div>
  );
}
