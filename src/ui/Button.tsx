/**
 * Button: does one thing and says it in its words. With `href` it is a link in a button's clothes.
 * Busy keeps its place and its focus and swallows clicks, so that nothing is sent twice.
 */
import { children, type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface ButtonProps {
  variant?: 'primary' | 'stop' | 'quiet';
  small?: boolean;
  icon?: IconName;
  /** Accessible name; required when there is an icon and no words. */
  label?: string;
  kbd?: string;
  busy?: boolean;
  disabled?: boolean;
  /** Toggle state, for a button that stays down. */
  pressed?: boolean;
  expanded?: boolean;
  controls?: string;
  describedBy?: string;
  title?: string;
  type?: 'button' | 'submit';
  href?: string;
  download?: string;
  class?: string;
  children?: JSX.Element;
  onClick?: (event: MouseEvent) => void;
  ref?: (el: HTMLElement) => void;
}

export function Button(props: ButtonProps) {
  const words = children(() => props.children);
  const classes = () => ({
    'btn-primary': props.variant === 'primary',
    'btn-stop': props.variant === 'stop',
    'btn-quiet': props.variant === 'quiet',
    'btn-sm': props.small ?? false,
    'btn-icon': props.icon !== undefined && words() == null,
  });
  const off = () => props.busy || props.disabled;
  const click = (event: MouseEvent) => {
    if (off()) {
      event.preventDefault();
      event.stopPropagation();
    } else props.onClick?.(event);
  };
  const inside = () => (
    <>
      <Show when={props.busy} fallback={<Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>}>
        <span class="pulse" aria-hidden="true" />
      </Show>
      {words()}
      <Show when={props.kbd}>
        <kbd aria-hidden="true">{props.kbd}</kbd>
      </Show>
    </>
  );
  return (
    <Show
      when={props.href !== undefined}
      fallback={
        <button
          ref={(el) => props.ref?.(el)}
          type={props.type ?? 'button'}
          class={props.class ? `btn ${props.class}` : 'btn'}
          classList={classes()}
          aria-label={props.label}
          aria-pressed={props.pressed}
          aria-expanded={props.expanded}
          aria-controls={props.controls}
          aria-describedby={props.describedBy}
          aria-busy={props.busy ? 'true' : undefined}
          aria-disabled={props.busy ? 'true' : undefined}
          disabled={props.disabled}
          title={props.title}
          onClick={click}
        >
          {inside()}
        </button>
      }
    >
      <a
        ref={(el) => props.ref?.(el)}
        class={props.class ? `btn ${props.class}` : 'btn'}
        classList={classes()}
        href={off() ? undefined : props.href}
        download={props.download}
        aria-label={props.label}
        aria-disabled={off() ? 'true' : undefined}
        aria-describedby={props.describedBy}
        title={props.title}
        onClick={click}
      >
        {inside()}
      </a>
    </Show>
  );
}
