/**
 * PageTop: the page's title, one line of support and its actions. On a phone it also carries search and stop,
 * which the rail holds on a laptop.
 */
import { type JSX, Show } from 'solid-js';
import { Button } from './Button.tsx';
import { useFrame } from './frame-context.ts';

export interface PageTopProps {
  title: string;
  /** "3 waiting, 1 unknown". Laptop only. */
  sub?: JSX.Element;
  /** Small buttons; give those a phone can do without the class `only-wide`. */
  actions?: JSX.Element;
}

export function PageTop(props: PageTopProps) {
  const frame = useFrame();
  return (
    <div class="top">
      <h1>{props.title}</h1>
      <span class="sub clip only-wide">{props.sub}</span>
      <div class="btn-row">
        {props.actions}
        <Show when={frame.onFind}>
          <Button
            class="only-phone"
            variant="quiet"
            icon="search"
            label="Search or run"
            onClick={() => frame.onFind?.()}
          />
        </Show>
        <Show when={frame.onStop}>
          <Button
            class="only-phone fail-ink"
            variant="quiet"
            icon="stop"
            label="Stop everything"
            title="Ends every run, and lets nothing act alone until you say so"
            busy={frame.stopping}
            onClick={() => frame.onStop?.()}
          />
        </Show>
      </div>
    </div>
  );
}
