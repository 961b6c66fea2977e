/**
 * SurfaceFrame: what stands around a program's panels: its head, its grid. BrokenSurface: what stands in its place when
 * the declaration cannot be read: what was expected, where, what still works, the way out.
 */
import { createUniqueId, type JSX, Show } from 'solid-js';
import type { Path } from '../../kernel/protocol/paths.ts';
import { nameOf } from '../../kernel/protocol/paths.ts';
import { Button } from '../ui/Button.tsx';
import { Code } from '../ui/Code.tsx';
import { ErrorCard } from '../ui/ErrorCard.tsx';
import { SurfaceHead } from '../ui/SurfaceHead.tsx';
import { linkTo } from './open-link.ts';
import type { Links } from './widget.ts';

export function SurfaceFrame(props: { title: string; program: string; menu?: JSX.Element; children: JSX.Element }) {
  const id = createUniqueId();
  return (
    <section aria-labelledby={id}>
      <SurfaceHead id={id} title={props.title} from={props.program} menu={props.menu} />
      {props.children}
    </section>
  );
}

export const PanelGrid = (props: { children: JSX.Element }) => <div class="panels">{props.children}</div>;

export interface BrokenSurfaceProps {
  program: string;
  path: Path;
  line: number;
  /** What was expected, as a sentence. */
  message: string;
  source: { from: number; text: string };
  /** The file is the operator's own copy. */
  own: boolean;
  links: Links;
  /** Make an own copy and open it; absent when the shell offers none. */
  onFix?: () => void;
}

export function BrokenSurface(props: BrokenSurfaceProps) {
  const place = () => `${props.path}:${props.line}`;
  const last = () => props.source.from + props.source.text.split('\n').length - 1;
  const report = () => `${place()}\n${props.message}\n\n${props.source.text}\n`;
  return (
    <ErrorCard
      title="This surface cannot be shown"
      place={
        <div class="stack-s">
          <a {...linkTo(props.links, { path: props.path, line: props.line })} class="path">
            {place()}
          </a>
          <Code
            label={`${nameOf(props.path)}, lines ${props.source.from} to ${last()}`}
            text={props.source.text}
            from={props.source.from}
            bad={props.line}
          />
        </div>
      }
      safe={`Nothing else is affected. ${props.program}’s jobs and files work as before.`}
      actions={
        <>
          <Show
            when={props.own}
            fallback={
              <Show when={props.onFix}>
                {(fix) => (
                  <Button small onClick={() => fix()()}>
                    Fix in my own copy
                  </Button>
                )}
              </Show>
            }
          >
            <Button small onClick={() => props.links.onOpen(props.path, props.line)}>
              Open my copy
            </Button>
          </Show>
          <Button small variant="quiet" onClick={() => void navigator.clipboard.writeText(report())}>
            Copy report
          </Button>
        </>
      }
    >
      {props.message}
    </ErrorCard>
  );
}
