/** SettingsFoot: who last wrote policy.yaml, and when; the way to its history. */
import { Show } from 'solid-js';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { Foot } from '../../ui/Foot.tsx';
import { relativeDay } from '../../ui/words.ts';

export function SettingsFoot(props: { stat: Stat | undefined }) {
  const now = createNow(30_000);
  return (
    <Show when={props.stat}>
      {(stat) => (
        <div class="settings-foot">
          <Foot
            actor={stat().actor}
            items={[
              relativeDay(stat().at, { now: now() }),
              <a href={href({ room: 'files', path: stat().path })}>policy.yaml and its history</a>,
            ]}
          />
        </div>
      )}
    </Show>
  );
}
