/**
 * What a panel says about itself in words: what its number is a number of, and why it is empty. Pure. A sentence names
 * the operator, the place and what would change it; the program's own `empty` text comes first.
 */
import type { Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { nameOf } from '../../kernel/protocol/paths.ts';
import { plural } from '../ui/words.ts';
import type { PanelData } from './widget.ts';
import { figure } from './words.ts';

const WEEK_MS = 7 * 86_400_000;

/** "2 changed in the last 7 days", "sum of amount over 12 rows in orders.csv" */
export const metricWords = (panel: Panel, data: PanelData): string => {
  const { value, sources, rows } = data;
  const [operator, column] = Object.entries(panel.value ?? { count: true })[0] ?? ['count', true];
  const one = sources.length === 1 ? sources[0] : undefined;
  const place = one && !('proposals' in panel.bind) ? ` in ${nameOf(one.path)}` : '';
  const left = value && value.left > 0 ? `, ${figure(value.left)} without a number left out` : '';
  if (value?.value === 0 && operator === 'count' && panel.empty) return panel.empty;
  if (operator === 'last') return `last ${String(column)}${place}`;
  if (operator !== 'count')
    return `${operator} of ${String(column)} over ${plural(value?.used ?? 0, 'row')}${place}${left}`;
  if ('proposals' in panel.bind) return data.total === 0 ? 'Nothing waits.' : 'waiting for a decision or an answer';
  if ('runs' in panel.bind) return 'in the last 7 days';
  if (data.missing) return `Nothing matches ${data.missing} yet.`;
  if (one && rows.length > 1) return `rows in ${nameOf(one.path)}`;
  const changed = sources.filter(({ at }) => data.at - Date.parse(at) < WEEK_MS).length;
  return `${changed === 0 ? 'none' : figure(changed)} changed in the last 7 days`;
};

/** Why there is nothing, and what would change that. */
export const emptyWords = (panel: Panel, data: PanelData): string => {
  if (panel.empty) return panel.empty;
  const { bind } = panel;
  if ('proposals' in bind) return 'Nothing waits for you here. What may not be done alone appears here to be decided.';
  if ('runs' in bind) return 'No run in the last 7 days. A run appears here as soon as it starts.';
  const path = data.missing ?? ('file' in bind ? bind.file : bind.glob);
  if (data.missing) {
    return 'file' in bind
      ? `There is no file ${path.replace('{latest}', '*')} yet. It appears here as soon as it is written.`
      : `No file matches ${path} yet. The first one written appears here.`;
  }
  if (bind.where) {
    const wanted = Object.entries(bind.where).map(([column, value]) => `${column}: ${String(value)}`);
    return `Nothing in ${path} has ${wanted.join(' and ')}.`;
  }
  return `${path} holds nothing to show yet.`;
};
