/** SurfaceHead: the head of a section that a program declared: its mark, a title, who it is from, a menu. */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';

export interface SurfaceHeadProps {
  id?: string;
  title: string;
  /** The program's name. */
  from: string;
  menu?: JSX.Element;
}

export function SurfaceHead(props: SurfaceHeadProps) {
  return (
    <div class="surface-head">
      <ActorMark actor={`program:${props.from}`} />
      <h2 id={props.id}>{props.title}</h2>
      <span class="from">from {props.from}</span>
      <Show when={props.menu}>{(menu) => menu()}</Show>
    </div>
  );
}
