/**
 * The prose of a row: its `text` without front matter. A file whose front matter is broken is shown whole.
 */
import { parseFrontMatter } from '../../kernel/protocol/formats/document.ts';
import type { Row } from './widget.ts';

export const documentText = (row: Row): string => {
  const text = row.data['text'];
  if (typeof text !== 'string') return '';
  const parsed = parseFrontMatter(row.stat.path, text);
  return parsed.ok ? parsed.value.body : text;
};
