/**
 * Metric: one number and, under it, the words that say what it is a number of. Groups are said in words too.
 */
import { type JSX, Show } from 'solid-js';
import { metricWords } from './panel-words.ts';
import type { PanelData, WidgetProps } from './widget.ts';
import { cellText, figure } from './words.ts';

const MOST_GROUPS = 4;

const shown = (data: PanelData): string => {
  const value = data.value?.value;
  return typeof value === 'number' ? figure(value) : cellText(value, data.at);
};

export function MetricWidget(props: WidgetProps): JSX.Element {
  const groups = () => {
    const all = props.data.groups ?? [];
    const words = all.slice(0, MOST_GROUPS).map(({ name, rows }) => `${figure(rows.length)} ${name || 'without'}`);
    return all.length > MOST_GROUPS ? [...words, `${figure(all.length - MOST_GROUPS)} more`] : words;
  };
  return (
    <>
      <p class="metric">{shown(props.data)}</p>
      <p class="small faint">{metricWords(props.panel, props.data)}</p>
      <Show when={groups().length > 0}>
        <p class="small faint">{groups().join(' · ')}</p>
      </Show>
    </>
  );
}
