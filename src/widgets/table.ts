/**
 * The widgets a panel may name. A new one is one file and one row here (and one word in the surfaces format).
 */
import type { WidgetName } from '../../kernel/protocol/formats/surfaces.ts';
import { documentText } from './document-text.ts';
import { ListWidget } from './ListWidget.tsx';
import { MarkdownWidget } from './MarkdownWidget.tsx';
import { MetricWidget } from './MetricWidget.tsx';
import { QueueWidget } from './QueueWidget.tsx';
import { TableWidget } from './TableWidget.tsx';
import type { PanelData, Widget } from './widget.ts';

const noRows = ({ rows }: PanelData): boolean => rows.length === 0;

export const widgets: Record<WidgetName, Widget> = {
  markdown: { body: MarkdownWidget, isEmpty: ({ rows }) => rows.every((row) => documentText(row).trim() === '') },
  metric: { body: MetricWidget, isEmpty: ({ value }) => value?.value === undefined },
  table: { body: TableWidget, flush: true, isEmpty: noRows },
  list: { body: ListWidget, flush: true, isEmpty: noRows },
  queue: { body: QueueWidget, flush: true, isEmpty: noRows },
};
