/** AskedFrom: what stands behind a proposal: the agents it works for, and what its run had read and nobody here wrote. */
import { For, Show } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { readActor } from '../../ui/actors.ts';
import { outsideOf } from './outside-words.ts';

export function AskedFrom(props: { proposal: Proposal }) {
  const above = () => props.proposal.above ?? [];
  const outside = () => (props.proposal.sources ?? []).map(outsideOf);
  return (
    <>
      <Show when={above().length > 0}>
        <div>
          <h3>Works for</h3>
          <p class="row row-wrap t13">
            <For each={above()}>
              {(name, at) => (
                <>
                  <Show when={at() > 0}>
                    <span class="faint">which asked</span>
                  </Show>
                  <Actor actor={`agent:${name}`} />
                </>
              )}
            </For>
            <span class="faint">which asked {readActor(props.proposal.by).name}</span>
          </p>
        </div>
      </Show>
      <Show when={outside().length > 0}>
        <div>
          <h3>From outside</h3>
          <p class="t13 wait-ink row top-line">
            <Icon name="warn" />
            <span>Before it asked, its run had read words that nobody here wrote. They may have led it to this.</span>
          </p>
          <ul class="outside-read t13">
            <For each={outside()}>
              {(source) => (
                <li>
                  {source.words}{' '}
                  <Show
                    when={source.href}
                    fallback={<span class={source.words ? 'path' : undefined}>{source.label}</span>}
                  >
                    {(to) => (
                      <a class="path" href={to()}>
                        {source.label}
                      </a>
                    )}
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </div>
      </Show>
    </>
  );
}
