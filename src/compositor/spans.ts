/**
 * How wide each panel stands in the six columns. A dashboard fills its rows so that none has a hole; every other
 * archetype is read from top to bottom, each panel in full width. A program declares panels, never places.
 */
import type { Surface, WidgetName } from '../../kernel/protocol/formats/surfaces.ts';

export type Span = 2 | 3 | 4 | 6;

const LEAST: Record<WidgetName, number> = { metric: 2, list: 3, queue: 3, markdown: 4, table: 4 };

/** A row's widths from least to full: metrics share alike, and what is not a metric takes what is left. */
const filled = (widgets: readonly WidgetName[]): Span[] => {
  if (widgets.length === 1) return [6];
  if (widgets.length === 3) return [2, 2, 2];
  const [first, second] = widgets.map((widget) => LEAST[widget]);
  return first === second ? [3, 3] : first === 2 ? [2, 4] : second === 2 ? [4, 2] : [3, 3];
};

export const spans = ({ archetype, panels }: Pick<Surface, 'archetype' | 'panels'>): Span[] => {
  if (archetype !== 'dashboard') return panels.map(() => 6);
  const rows: WidgetName[][] = [];
  let used = 6;
  for (const { widget } of panels) {
    const least = LEAST[widget];
    if (used + least > 6) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(widget);
    used += least;
  }
  return rows.flatMap(filled);
};
