/**
 * Notice: a band that says what stands, and the way out: what happened, where, what is safe, what to press.
 * Offline is plain, never alarming. A failure inside one card is an ErrorCard.
 */
import { type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface NoticeProps {
  tone?: 'info' | 'wait' | 'fail' | 'offline';
  /** The cause, as a sentence. */
  title: JSX.Element;
  /** Where: a link to file and line. */
  place?: JSX.Element;
  /** What is safe, what still works. */
  children?: JSX.Element;
  /** The way out. */
  actions?: JSX.Element;
  icon?: IconName;
  /** Spoken when it appears: `status` (default) waits its turn, `alert` interrupts, `off` is silent. */
  live?: 'status' | 'alert' | 'off';
}

const ICON: Record<NonNullable<NoticeProps['tone']>, IconName> = {
  info: 'eye',
  wait: 'clock',
  fail: 'warn',
  offline: 'offline',
};

export function Notice(props: NoticeProps) {
  const tone = () => props.tone ?? 'info';
  return (
    <div
      class="notice"
      classList={{ 'notice-wait': tone() === 'wait', 'notice-fail': tone() === 'fail' }}
      role={props.live === 'off' ? undefined : (props.live ?? (tone() === 'fail' ? 'alert' : 'status'))}
    >
      <Icon name={props.icon ?? ICON[tone()]} />
      <div class="grow t13">
        <strong>{props.title}</strong> {props.children}
        <Show when={props.place}>{(place) => <p class="small">{place()}</p>}</Show>
      </div>
      <Show when={props.actions}>{(actions) => <div class="btn-row">{actions()}</div>}</Show>
    </div>
  );
}
