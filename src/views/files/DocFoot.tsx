/** DocFoot: the line under a document: how it stands, how much of it there is, and who wrote it last. */
import { Show, type JSX } from 'solid-js';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { createNow } from '../../client/now.ts';
import { Actor } from '../../ui/Actor.tsx';
import { bytes, relativeDay } from '../../ui/words.ts';

export interface DocFootProps {
  stat: Stat;
  revisions: string | undefined;
  /** "Saved", or why it cannot be edited. Said when it changes. */
  children: JSX.Element;
}

export function DocFoot(props: DocFootProps) {
  const now = createNow(30_000);
  return (
    <div class="foot doc-foot">
      <span role="status">{props.children}</span>
      <Show when={props.revisions}>{(words) => <span>{words()}</span>}</Show>
      <span>{bytes(props.stat.size)}</span>
      <span class="end">
        <span class="row">
          <Actor actor={props.stat.actor} />
          <span class="only-wide">{relativeDay(props.stat.at, { now: now() })}</span>
        </span>
      </span>
    </div>
  );
}
