/** ChangeWords: what two versions differ in, line by line, or in words why there are no lines to show. */
import { Show } from 'solid-js';
import { Diff } from '../../ui/Diff.tsx';
import { Effect } from '../../ui/Effect.tsx';
import type { VersionDiff } from './versions.ts';

export function ChangeWords(props: { diff: VersionDiff; label: string; moved?: string | undefined }) {
  const hunks = () => ('hunks' in props.diff && props.diff.hunks.length > 0 ? props.diff.hunks : undefined);
  const words = () => {
    if (props.moved) return `Moved here from ${props.moved}.`;
    if ('not' in props.diff)
      return props.diff.not === 'text'
        ? 'Not text, so there are no lines to compare.'
        : 'Too long to compare here. Open both versions.';
    return 'The content stayed the same.';
  };
  return (
    <Show when={hunks()} fallback={<p class="small faint">{words()}</p>}>
      {(found) => (
        <Effect>
          <Diff label={props.label} hunks={found()} />
        </Effect>
      )}
    </Show>
  );
}
