/**
 * AppFrame: the cockpit's frame. Rail at the left, the room in `main`, one shell in the dock in one of three places;
 * below 900 px a bottom bar instead of the rail, with the order line above it. It lays out and routes nothing.
 */
import { children, type JSX, Show } from 'solid-js';
import type { DockPlace } from './DockHead.tsx';
import { FrameContext } from './frame-context.ts';
import { Rail, RailFoot, type RailProps } from './Rail.tsx';
import { TabBar } from './TabBar.tsx';

export interface AppFrameProps extends RailProps {
  dock?: JSX.Element;
  place: DockPlace;
  /** The room fills the height and its columns scroll by themselves (inbox, files). */
  fixed?: boolean;
  /** Stands over the room: offline, another tab, read-only. */
  notice?: JSX.Element;
  /** Overlays: Palette, ToastRegion. */
  over?: JSX.Element;
  children: JSX.Element;
}

export function AppFrame(props: AppFrameProps) {
  const docked = children(() => props.dock);
  let main!: HTMLElement;
  let dock: HTMLElement | undefined;
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    (props.place === 'full' && dock ? dock : main).focus();
  };
  return (
    <FrameContext.Provider
      value={{
        get onFind() {
          return props.onFind;
        },
        get onStop() {
          return props.onStop;
        },
        get stopping() {
          return props.stopping;
        },
      }}
    >
      <div class="app" data-dock={docked() ? props.place : 'none'}>
        <a class="skip" href="#main" onClick={skip}>
          Skip to content
        </a>
        <Rail
          workspace={props.workspace}
          items={props.items}
          current={props.current}
          onGo={props.onGo}
          budget={props.budget}
          device={props.device}
          onFind={props.onFind}
          onStop={props.onStop}
          stopping={props.stopping}
        />
        <main ref={(node) => (main = node)} id="main" tabindex="-1" classList={{ 'main-fixed': props.fixed ?? false }}>
          {props.notice}
          {props.children}
        </main>
        <Show when={docked()}>
          <section
            ref={(el) => (dock = el)}
            class="dock"
            role={props.place === 'full' ? 'main' : 'complementary'}
            aria-label="Shell"
            tabindex="-1"
          >
            {docked()}
          </section>
        </Show>
        <TabBar items={props.items} current={props.current} onGo={props.onGo}>
          <RailFoot budget={props.budget} device={props.device} onStop={props.onStop} stopping={props.stopping} />
        </TabBar>
      </div>
      {props.over}
    </FrameContext.Provider>
  );
}
