/**
 * DeedAside: beside what exactly happens: its value, why it waits for the operator, what stands behind it, what reviewers said, what was read before.
 */
import { For, type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';

export interface DeedVerdict {
  actor: string;
  /** "approve", "reject", "approve, with a note" */
  verdict: string;
  text: JSX.Element;
}

export interface DeedSource {
  /** Who wrote the source last; `outside:host` for the web. */
  actor: string;
  label: string;
  href?: string;
  /** "2 Nov" */
  when?: string;
}

export interface DeedAsideProps {
  value?: string;
  why?: JSX.Element;
  /** What else stands behind it; parts with an h3 each. */
  behind?: JSX.Element;
  verdicts?: readonly DeedVerdict[];
  sources?: readonly DeedSource[];
}

export function DeedAside(props: DeedAsideProps) {
  return (
    <div class="deed-aside">
      <Show when={props.value}>
        {(value) => (
          <div>
            <h3>Value</h3>
            <p class="deed-value">{value()}</p>
          </div>
        )}
      </Show>
      <Show when={props.why}>
        {(why) => (
          <div>
            <Show when={!props.value}>
              <h3>Why it waits</h3>
            </Show>
            <p class="small muted">{why()}</p>
          </div>
        )}
      </Show>
      {props.behind}
      <Show when={props.verdicts?.length}>
        <div>
          <h3>Reviewer</h3>
          <For each={props.verdicts}>
            {(verdict) => (
              <div class={`verdict is-${readActor(verdict.actor).kind}`}>
                <ActorMark actor={verdict.actor} />
                <p class="t13">
                  <strong>
                    {readActor(verdict.actor).name}: {verdict.verdict}.
                  </strong>{' '}
                  {verdict.text}
                </p>
              </div>
            )}
          </For>
        </div>
      </Show>
      <Show when={props.sources?.length}>
        <div>
          <h3>Read before proposing</h3>
          <ul class="deed-sources t13">
            <For each={props.sources}>
              {(source) => (
                <li class="row">
                  <ActorMark actor={source.actor} />
                  <Show when={source.href} fallback={<span class="clip">{source.label}</span>}>
                    {(href) => (
                      <a class="clip" href={href()}>
                        {source.label}
                      </a>
                    )}
                  </Show>
                  <span class="faint nowrap">
                    {readActor(source.actor).kind === 'outside' ? 'outside' : readActor(source.actor).name}
                    {source.when && `, ${source.when}`}
                  </span>
                </li>
              )}
            </For>
          </ul>
        </div>
      </Show>
    </div>
  );
}
