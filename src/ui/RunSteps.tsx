/**
 * RunSteps: what a run did, step by step, with tokens and price, totalled. The live step is grey and counts seconds.
 */
import { For, type JSX, Show } from 'solid-js';
import { RunStep, type RunStepProps } from './RunStep.tsx';

export interface RunStepsProps {
  label: string;
  steps: readonly RunStepProps[];
  total?: { tokens?: JSX.Element; price?: JSX.Element };
}

export function RunSteps(props: RunStepsProps) {
  return (
    <table class="table" aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col" class="num">
            Tokens
          </th>
          <th scope="col" class="num">
            Price
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.steps}>{(step) => <RunStep {...step} />}</For>
      </tbody>
      <Show when={props.total}>
        {(total) => (
          <tfoot>
            <tr>
              <th scope="row">So far</th>
              <td class="num">{total().tokens}</td>
              <td class="num">{total().price}</td>
            </tr>
          </tfoot>
        )}
      </Show>
    </table>
  );
}
