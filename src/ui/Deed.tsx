/**
 * Deed: one proposal, the heaviest object on screen. Chips, what it does as a verb, the reason quoted and signed,
 * exactly what happens with its seal, value and why it waits, verdicts, sources, a dashed cut line,
 * two equal decisions that each name their consequence, the foot line.
 * `unknown` is dashed and asks what the operator saw; it never offers to send again. `spent` has lost its border.
 * While a decision is pending both buttons are off: a deed is decided once.
 */
import { children, createUniqueId, For, type JSX, Show } from 'solid-js';
import { Actor } from './Actor.tsx';
import { Chip, type ChipProps } from './Chip.tsx';
import { Decide, type Decision } from './Decide.tsx';
import { DeedAside, type DeedSource, type DeedVerdict } from './DeedAside.tsx';
import { Foot, type FootProps } from './Foot.tsx';
import { Icon } from './Icon.tsx';

export interface DeedProps {
  state: 'open' | 'unknown' | 'spent';
  /** Expiry, reversibility, reach; or how it ended. */
  chips: readonly ChipProps[];
  /** What it does, as a verb: "Sell 20 HLDR at $61.40 or better". */
  title: JSX.Element;
  /** Said plainly under the title, by us: how it ended, why it is unknown. */
  note?: JSX.Element;
  /** The proposer's own words, without quotation marks. */
  reason?: string;
  /** Who signs the reason. */
  by?: string;
  /** "Exactly this is sent, once, from laptop" */
  exactlyHead?: JSX.Element;
  /** An Effect. */
  exactly?: JSX.Element;
  /** What the decision binds to; `hash` already grouped: `9c41 7be2 04fd`. */
  seal?: { hash: string; text?: string };
  value?: string;
  /** Why it waits: "Orders always wait for you: your rule never_auto, line 1". */
  why?: JSX.Element;
  /** What stands behind it, beside the effect: whom it works for, what came from outside. */
  behind?: JSX.Element;
  verdicts?: readonly DeedVerdict[];
  sources?: readonly DeedSource[];
  /** The effect takes the full width (a diff) and the rest stands under it. */
  wide?: boolean;
  reject?: Decision;
  approve?: Decision;
  pending?: 'reject' | 'approve' | 'amend';
  /** Under the buttons: a refusal of the last attempt, "Ask trader about this". */
  aside?: JSX.Element;
  /** Hide the key hints and ignore R and Shift A. */
  noKeys?: boolean;
  /** For `unknown`: record what was seen. */
  onSaw?: (what: 'done' | 'not' | 'unknown') => void;
  /** For `unknown`: "Look in the shop, then record what you saw". */
  sawHead?: string;
  /** For `spent`: what can still be done, such as "Propose the old prices again". */
  actions?: JSX.Element;
  foot: FootProps;
  /** The one that a phone shows alone. */
  current?: boolean;
  /** Within a conversation: no shadow, smaller title. */
  flat?: boolean;
  id?: string;
}

export function Deed(props: DeedProps) {
  const id = createUniqueId();
  const title = children(() => props.title);
  const effect = children(() => props.exactly);
  const why = children(() => props.why);
  const behind = children(() => props.behind);
  const hasAside = () =>
    Boolean(props.value || why() || behind.toArray().some(Boolean) || props.verdicts?.length || props.sources?.length);
  const decisions = () => {
    const { reject, approve } = props;
    return props.state === 'open' && reject && approve ? { reject, approve } : undefined;
  };
  const keys = (event: KeyboardEvent) => {
    if (props.noKeys || props.state !== 'open' || props.pending || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const at = event.target as HTMLElement;
    if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
    const decision = event.key === 'A' && event.shiftKey ? props.approve : event.key === 'r' ? props.reject : undefined;
    if (!decision || decision.disabled || event.repeat) return;
    event.preventDefault();
    decision.onDecide();
  };
  const exactly = () => (
    <>
      <Show when={props.exactlyHead}>{(head) => <h3>{head()}</h3>}</Show>
      {effect()}
      <Show when={props.seal}>
        {(seal) => (
          <p class="seal">
            <Icon name="lock" />
            <span>
              Your decision binds to <code>{seal().hash}</code>. {seal().text ?? 'Any change voids it.'}
            </span>
          </p>
        )}
      </Show>
    </>
  );
  const aside = () => (
    <DeedAside value={props.value} why={why()} behind={behind()} verdicts={props.verdicts} sources={props.sources} />
  );
  return (
    <article
      class="deed"
      classList={{
        'deed-spent': props.state === 'spent',
        'deed-unknown': props.state === 'unknown',
        'deed-flat': props.flat ?? false,
        'is-current': props.current ?? false,
      }}
      id={props.id}
      tabindex={props.state === 'open' && !props.flat ? 0 : undefined}
      aria-labelledby={id}
      onKeyDown={keys}
    >
      <header class="deed-head">
        <div class="row row-wrap">
          <For each={props.chips}>{(chip) => <Chip {...chip} />}</For>
        </div>
        <h2 id={id} classList={{ muted: props.state === 'spent' }}>
          {title()}
        </h2>
        <Show when={props.reason}>
          {(reason) => (
            <p class="muted">
              <q>{reason()}</q> <Show when={props.by}>{(by) => <Actor actor={by()} />}</Show>
            </p>
          )}
        </Show>
        <Show when={props.note}>{(note) => <p class="muted">{note()}</p>}</Show>
        <Show when={props.state === 'spent' && props.actions}>
          {(actions) => <div class="btn-row">{actions()}</div>}
        </Show>
      </header>
      <Show when={effect()}>
        <Show
          when={hasAside() && !props.wide}
          fallback={
            <>
              <div class="deed-part">{exactly()}</div>
              <Show when={hasAside()}>
                <div class="deed-part">{aside()}</div>
              </Show>
            </>
          }
        >
          <div class="deed-grid">
            <div>{exactly()}</div>
            <div>{aside()}</div>
          </div>
        </Show>
      </Show>
      <Show when={props.state === 'unknown' && props.onSaw}>
        {(saw) => (
          <div class="deed-part">
            <h3>{props.sawHead ?? 'Look where it went, then record what you saw'}</h3>
            <div class="btn-row">
              <button type="button" class="btn" onClick={() => saw()('done')}>
                It went through
              </button>
              <button type="button" class="btn" onClick={() => saw()('not')}>
                It did not
              </button>
              <button type="button" class="btn btn-quiet" onClick={() => saw()('unknown')}>
                Leave as unknown
              </button>
            </div>
          </div>
        )}
      </Show>
      <Show when={decisions()}>
        {(pair) => (
          <Decide
            labelledBy={id}
            reject={pair().reject}
            approve={pair().approve}
            pending={props.pending}
            aside={props.aside}
            keys={!props.noKeys && !props.pending}
          />
        )}
      </Show>
      <Foot {...props.foot} />
    </article>
  );
}
