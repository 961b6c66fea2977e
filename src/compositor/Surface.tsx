/**
 * Surface: one placed surface, drawn and kept current. Each panel is read again only when something it shows has
 * changed. It reads through a handle that cannot write; opening and deciding are the shell's, through opaque callbacks.
 */
import { createEffect, createMemo, createSignal, For, type JSX, Match, onCleanup, Switch, untrack } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { PanelCard } from '../widgets/PanelCard.tsx';
import { BrokenSurface, PanelGrid, SurfaceFrame } from '../widgets/SurfaceFrame.tsx';
import { widgets } from '../widgets/table.ts';
import type { Links, Origin, PanelData } from '../widgets/widget.ts';
import { evaluate } from './bind.ts';
import { readOnly, type LiveHandle } from './handle.ts';
import { startLive } from './live.ts';
import { originOf } from './origin.ts';
import { createReader, type Reader } from './reader.ts';
import type { Placed, PlacedBroken, PlacedSurface } from './resolve.ts';
import { dependsOn } from './sources.ts';
import { spans } from './spans.ts';

export interface SurfaceProps extends Links {
  placed: Placed;
  handle: LiveHandle;
  /** Right in the head: the shell's menu for this surface. */
  menu?: JSX.Element;
  /** On a broken surface: make an own copy of the file. Absent when that is not offered. */
  onFix?: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

const failed = (panel: Panel, cause: unknown, at: number): PanelData => ({
  rows: [],
  total: 0,
  sources: [],
  problems: [{ path: `a panel's ${panel.widget}`, message: `failed while it was read: ${String(cause)}` }],
  at,
});

function PanelView(props: {
  panel: Panel;
  span: string;
  surface: PlacedSurface;
  data?: PanelData;
  reader: Reader;
  links: Links;
}) {
  const [origin, setOrigin] = createSignal<Origin>();
  const newest = createMemo(() => props.data?.sources[0], undefined, {
    equals: (a, b) => a?.path === b?.path && a?.revision === b?.revision,
  });
  createEffect(() => {
    const stat = newest();
    let current = true;
    onCleanup(() => (current = false));
    // Author and time are known at once; the run and its cost follow.
    setOrigin(stat && { stat });
    if (stat) void originOf(props.reader, stat).then((found) => current && setOrigin(found));
  });
  const label = () => props.panel.title ?? props.surface.title;
  return (
    <PanelCard
      panel={props.panel}
      widget={widgets[props.panel.widget]}
      span={props.span}
      label={label()}
      data={props.data}
      origin={origin()}
      links={props.links}
    >
      <Dynamic
        component={widgets[props.panel.widget].body}
        panel={props.panel}
        data={props.data as PanelData}
        archetype={props.surface.surface.archetype}
        label={label()}
        links={props.links}
      />
    </PanelCard>
  );
}

function Panels(props: { placed: PlacedSurface; handle: LiveHandle; links: Links; now: () => number }) {
  const handle = untrack(() => readOnly(props.handle));
  const reader = createReader(handle);
  const { panels } = untrack(() => props.placed.surface);
  const widths = spans(untrack(() => props.placed.surface));
  const views = panels.map((panel, index) => {
    const [data, setData] = createSignal<PanelData>();
    return { panel, data, setData, span: `p-${widths[index]}` };
  });
  const questions = views.map(({ panel, setData }) => ({
    patterns: dependsOn(panel.bind),
    ask: () => evaluate(reader, panel, props.now()).catch((cause: unknown) => failed(panel, cause, props.now())),
    answer: (value: PanelData) => void setData(value),
  }));
  onCleanup(startLive(handle.watch, questions));
  return (
    <PanelGrid>
      <For each={views}>
        {({ panel, data, span }) => (
          <PanelView
            panel={panel}
            span={span}
            surface={props.placed}
            data={data()}
            reader={reader}
            links={props.links}
          />
        )}
      </For>
    </PanelGrid>
  );
}

/** The same declaration, resolved again, is the same surface: nothing on screen moves. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function Surface(props: SurfaceProps) {
  const placed = createMemo(() => props.placed, undefined, { equals: same });
  const links: Links = {
    onOpen: (path, line) => props.onOpen(path, line),
    onOpenProposal: (id) => props.onOpenProposal(id),
    hrefOf: (target) => props.hrefOf?.(target) ?? '#',
  };
  const broken = () => (placed().kind === 'broken' ? (placed() as PlacedBroken) : undefined);
  // A list of one, keyed by the declaration: another declaration starts over.
  const sound = () => (placed().kind === 'surface' ? [placed() as PlacedSurface] : []);
  return (
    <SurfaceFrame title={placed().title} program={placed().program} menu={props.menu}>
      <Switch
        fallback={
          <For each={sound()}>
            {(each) => (
              <Panels placed={each} handle={props.handle} links={links} now={() => props.now?.() ?? Date.now()} />
            )}
          </For>
        }
      >
        <Match when={broken()}>{(card) => <BrokenSurface {...card()} links={links} onFix={props.onFix} />}</Match>
      </Switch>
    </SurfaceFrame>
  );
}
