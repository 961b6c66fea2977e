/** Facts: terms and what they are, one pair a line. Pairs whose value is absent are left out. */
import { For, type JSX } from 'solid-js';

export interface Fact {
  term: JSX.Element;
  value: JSX.Element;
}

export function Facts(props: { facts: readonly (Fact | undefined | false)[] }) {
  return (
    <dl class="facts">
      <For each={props.facts.filter((fact): fact is Fact => Boolean(fact))}>
        {(fact) => (
          <>
            <dt>{fact.term}</dt>
            <dd>{fact.value}</dd>
          </>
        )}
      </For>
    </dl>
  );
}
