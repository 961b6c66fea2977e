/** SideBySide: two texts beside each other, what differs marked. What draws it is fetched when first asked for. */
import { createEffect, createSignal, on, onCleanup, Show } from 'solid-js';
import { Skeleton } from '../../ui/Skeleton.tsx';

export interface SideBySideProps {
  path: string;
  older: string;
  newer: string;
}

export function SideBySide(props: SideBySideProps) {
  const [drawn, setDrawn] = createSignal<'yes' | 'failed'>();
  let host!: HTMLDivElement;
  let destroy: (() => void) | undefined;
  let question = 0;

  createEffect(
    on([() => props.older, () => props.newer], async ([older, newer]) => {
      const mine = ++question;
      destroy?.();
      destroy = undefined;
      try {
        const { drawMerge } = await import('./merge-view.ts');
        if (mine !== question) return;
        destroy = drawMerge({ host, path: props.path, older, newer });
        setDrawn('yes');
      } catch {
        setDrawn('failed');
      }
    }),
  );
  onCleanup(() => {
    question += 1;
    destroy?.();
  });
  return (
    <>
      <Show when={drawn() === undefined}>
        <Skeleton lines={[90, 70, 80]} label="Comparing" />
      </Show>
      <Show when={drawn() === 'failed'}>
        <p class="fail-ink t13">This view could not be loaded. The changed lines can be shown all the same.</p>
      </Show>
      <div class="merge-host" ref={(el) => (host = el)} />
    </>
  );
}
