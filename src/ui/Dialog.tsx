/**
 * Dialog: a native modal. The browser keeps focus inside, gives it back on close, and closes on Esc.
 * `onClose` is called for every way out; the caller then sets `open` to false.
 */
import { createEffect, createUniqueId, type JSX, Show } from 'solid-js';
import { Button } from './Button.tsx';

export interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** The decisions, right-aligned; the safe one first. */
  actions?: JSX.Element;
  children: JSX.Element;
}

/** The first field, else the first and safest action; never the closing cross. */
const FIRST = '.dialog-body :is(input, select, textarea), .dialog-foot button';

export function Dialog(props: DialogProps) {
  const title = createUniqueId();
  let el!: HTMLDialogElement;
  createEffect(() => {
    if (props.open && !el.open) {
      el.showModal();
      el.querySelector<HTMLElement>(FIRST)?.focus();
    } else if (!props.open && el.open) el.close();
  });
  return (
    <dialog
      ref={(node) => (el = node)}
      class="dialog"
      classList={{ 'dialog-wide': props.wide ?? false }}
      aria-labelledby={title}
      on:close={() => {
        if (props.open) props.onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === el) props.onClose();
      }}
    >
      <Show when={props.open}>
        <div class="dialog-head">
          <h2 id={title}>{props.title}</h2>
          <Button variant="quiet" icon="x" label="Close" onClick={() => props.onClose()} />
        </div>
        <div class="dialog-body">{props.children}</div>
        <Show when={props.actions}>{(actions) => <div class="dialog-foot">{actions()}</div>}</Show>
      </Show>
    </dialog>
  );
}
