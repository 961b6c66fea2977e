/** Kbd: one key or chord, as printed on it: `Ctrl K`. */
import type { JSX } from 'solid-js';

export function Kbd(props: { children: JSX.Element }) {
  return <kbd>{props.children}</kbd>;
}
