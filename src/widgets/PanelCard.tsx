/**
 * PanelCard: the frame around every widget. It holds the honest states: not read yet, nothing there and why, some of it
 * unreadable and where; and the foot line that says who wrote the newest of what is shown.
 */
import { createUniqueId, type JSX, Match, Show, Switch } from 'solid-js';
import type { Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { Card } from '../ui/Card.tsx';
import type { FootProps } from '../ui/Foot.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { columnTime, money, plural } from '../ui/words.ts';
import { linkTo } from './open-link.ts';
import { emptyWords } from './panel-words.ts';
import type { Links, Origin, PanelData, Problem, Widget } from './widget.ts';
import './panel-card.css';

/** A problem may be of a pattern, which nothing can open. */
const isFile = ({ path }: Problem): boolean => path.startsWith('/') && !/[*?{]/.test(path);
const place = ({ path, line }: Problem): string => (line === undefined ? path : `${path}:${line}`);

const Faults = (props: { problems: readonly Problem[]; links: Links }) => (
  <Show when={props.problems[0]}>
    {(first) => (
      <p class="small">
        <Show when={isFile(first())} fallback={<span class="path">{place(first())}</span>}>
          <a {...linkTo(props.links, first())} class="path">
            {place(first())}
          </a>
        </Show>{' '}
        {first().message}
        <Show when={props.problems.length > 1}> And {plural(props.problems.length - 1, 'more problem')}.</Show>
      </p>
    )}
  </Show>
);

const footOf = (origin: Origin, now: number, links: Links): FootProps => {
  const { stat, run } = origin;
  const words = run ? `run ${run.id.slice(0, 8)}` : '';
  return {
    actor: stat.actor,
    items: [
      <time dateTime={stat.at}>{columnTime(stat.at, { now })}</time>,
      words && (
        <Show when={run?.path} fallback={<span class="mono">{words}</span>}>
          {(path) => (
            <a {...linkTo(links, { path: path() })} class="mono" title={origin.message}>
              {words}
            </a>
          )}
        </Show>
      ),
    ],
    ...(run?.usd === undefined ? {} : { end: money(run.usd) }),
  };
};

export interface PanelCardProps {
  panel: Panel;
  widget: Widget;
  /** Its width in the grid: `p-4`. */
  span: string;
  /** The name of the surface, for a panel without a title. */
  label: string;
  data?: PanelData;
  origin?: Origin;
  links: Links;
  children: JSX.Element;
}

export function PanelCard(props: PanelCardProps) {
  const id = createUniqueId();
  const empty = () => props.data && props.widget.isEmpty(props.data);
  const foot = () => (props.data && props.origin ? footOf(props.origin, props.data.at, props.links) : undefined);
  return (
    <Switch
      fallback={
        <Card class={props.span} title={props.panel.title} label={props.label} level={3} busy>
          <Skeleton label={`Loading ${props.panel.title ?? props.label}`} />
        </Card>
      }
    >
      <Match when={empty() && props.data?.problems.length}>
        <section class={`error-card card-body stack-s ${props.span}`} aria-labelledby={id}>
          <h3 id={id} class="row">
            <span class="fail-ink">
              <Icon name="warn" />
            </span>
            {props.panel.title ?? props.label} cannot be shown
          </h3>
          <Faults problems={props.data?.problems ?? []} links={props.links} />
          <p class="small faint">Nothing else is affected. It is read again as soon as the file changes.</p>
        </section>
      </Match>
      <Match when={empty() && props.data}>
        {(data) => (
          <section class={`empty ${props.span}`} aria-labelledby={id}>
            <h3 id={id}>{props.panel.title ?? props.label}</h3>
            <p class="t13">{emptyWords(props.panel, data())}</p>
          </section>
        )}
      </Match>
      <Match when={props.data}>
        {(data) => (
          <Card
            class={props.span}
            title={props.panel.title}
            label={props.label}
            level={3}
            flush={props.widget.flush}
            foot={foot()}
          >
            {props.children}
            <Show when={data().problems.length > 0}>
              <div
                class="row top-line wait-ink"
                classList={{ pad: props.widget.flush ?? false, 'mt-2': !props.widget.flush }}
              >
                <Icon name="warn" />
                <Faults problems={data().problems} links={props.links} />
              </div>
            </Show>
          </Card>
        )}
      </Match>
    </Switch>
  );
}
