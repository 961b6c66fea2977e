/**
 * The order line: one field, two kinds of order. `$` alone in an empty line switches to bash, Backspace in an empty
 * bash line switches back; the arrow keys bring earlier orders of this kind back.
 */
import { createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { Seg } from '../ui/Seg.tsx';
import type { OrderKind } from './order.ts';

export interface OrderLineProps {
  kinds: readonly OrderKind[];
  kind: OrderKind;
  text: string;
  onKind: (kind: OrderKind) => void;
  onText: (text: string) => void;
  onGive: () => void;
  /** There is room above the line for words. */
  roomy: boolean;
  /** The field, so that others can put focus there. */
  field: (el: HTMLInputElement) => void;
  /** At the end of the line: what happened last, where the shell stands. */
  children?: JSX.Element;
}

export function OrderLine(props: OrderLineProps) {
  /** How far back in the history the line is; 0 is the line being written, kept in `draft`. */
  const [back, setBack] = createSignal(0);
  let draft = '';

  const recall = (step: number): boolean => {
    const history = props.kind.history();
    const to = back() + step;
    if (to < 0 || to > history.length) return false;
    if (back() === 0) draft = props.text;
    setBack(to);
    props.onText(to === 0 ? draft : (history[history.length - to] ?? ''));
    return true;
  };

  const onText = (text: string): void => {
    setBack(0);
    const opened = props.kinds.find((kind) => kind.opener === text && kind !== props.kind);
    if (opened && props.text === '') {
      props.onKind(opened);
      props.onText('');
    } else props.onText(text);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const opener = props.kind.opener;
    const other = props.kinds.find((kind) => kind !== props.kind);
    if (event.key === 'ArrowUp' && recall(1)) event.preventDefault();
    else if (event.key === 'ArrowDown' && recall(-1)) event.preventDefault();
    else if (event.key === 'Backspace' && props.text === '' && opener && other) props.onKind(other);
  };

  /** Folded to one line, the shell says why it cannot answer only to somebody who writes to it. */
  const closed = () => (props.roomy || props.text !== '' ? props.kind.closed?.() : undefined);
  return (
    <>
      <Show when={closed()}>{(why) => <p class="pad small muted">{why()}</p>}</Show>
      <form
        class="prompt"
        aria-label="Order"
        onSubmit={(event) => {
          event.preventDefault();
          if (props.text.trim() === '') return;
          setBack(0);
          props.onGive();
        }}
      >
        <Show when={props.kinds.length > 1}>
          <Seg
            label="Ask or run"
            options={props.kinds.map(({ id, label, said }) => ({ value: id, label, said }))}
            value={props.kind.id}
            onChange={(id) => {
              const kind = props.kinds.find((one) => one.id === id);
              if (kind) props.onKind(kind);
            }}
          />
        </Show>
        <label class="vh" for="order">
          {props.kind.said}
        </label>
        <input
          ref={props.field}
          id="order"
          class="input"
          classList={{ mono: props.kind.mono ?? false }}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={props.kind.mono ? false : undefined}
          enterkeyhint="send"
          placeholder={props.kind.placeholder}
          value={props.text}
          onInput={(event) => {
            const field = event.currentTarget;
            onText(field.value);
            // A typed opener is not text: the field goes back to what the line holds.
            if (field.value !== props.text) field.value = props.text;
          }}
          onKeyDown={onKeyDown}
        />
        <Show when={props.text.trim() !== ''}>
          <Button
            type="submit"
            small
            variant="primary"
            icon={props.kind.mono ? 'play' : 'right'}
            label={props.kind.mono ? 'Run' : 'Ask'}
          />
        </Show>
        {props.children}
      </form>
    </>
  );
}
