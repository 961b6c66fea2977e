/**
 * Announcer and VisuallyHidden: words for screen readers only. The live region exists before its
 * message does, or the message is not heard.
 */
import type { JSX } from 'solid-js';

export function Announcer(props: { message: string; urgent?: boolean }) {
  return (
    <p class="vh" role={props.urgent ? 'alert' : 'status'} aria-live={props.urgent ? 'assertive' : 'polite'}>
      {props.message}
    </p>
  );
}

export function VisuallyHidden(props: { children: JSX.Element }) {
  return <span class="vh">{props.children}</span>;
}
