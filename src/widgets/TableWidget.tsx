/**
 * Table: rows under columns. The first column opens the row's file; figures stand right; a grouped table says each
 * group once. `_by`, `_at`, `_path`, `_name`, `_size` are the file's own. Rows come sorted; the table says by what.
 */
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js';
import { nameOf } from '../../kernel/protocol/paths.ts';
import { Actor } from '../ui/Actor.tsx';
import { Table, type Column } from '../ui/Table.tsx';
import { bytes, money, plural } from '../ui/words.ts';
import { cell, isBlank, numberIn } from './cell.ts';
import { columnsOf, isFigure } from './columns.ts';
import { linkTo, targetOf } from './open-link.ts';
import type { PanelData, Row, WidgetProps } from './widget.ts';
import { cellText, heading, isDate, when } from './words.ts';

/** A phone shows this many. */
const FIRST_COLUMNS = 3;

/** In grouped rows, the rows that open a group. */
const openersOf = ({ groups }: PanelData): Map<Row, string> =>
  new Map(groups?.flatMap(({ name, rows }) => (rows[0] ? [[rows[0], name] as const] : [])));

function Cell(props: { row: Row; column: string; now: number }): JSX.Element {
  const value = () => cell(props.row, props.column);
  const text = () => cellText(value(), props.now);
  return (
    <Switch fallback={text()}>
      <Match when={props.column === '_by' || (props.column === 'actor' && props.row.data['actor'] === value())}>
        <Actor actor={String(value())} />
      </Match>
      <Match when={props.column === '_size'}>{bytes(numberIn(value()) ?? 0)}</Match>
      <Match when={props.column === 'usd' && numberIn(value()) !== undefined}>{money(numberIn(value()) ?? 0)}</Match>
      <Match when={props.column === '_path'}>
        <span class="path">{text()}</span>
      </Match>
      <Match when={isDate(value())}>
        <time dateTime={String(value())}>{when(String(value()), props.now)}</time>
      </Match>
    </Switch>
  );
}

type Shape = { name: string; figure: boolean; opensGroup: boolean };

const shapesOf = ({ panel, data }: WidgetProps): Shape[] => {
  const { group } = panel;
  const names = columnsOf(panel.columns, data.rows).filter((name) => name !== group);
  const shapes = names.map((name) => ({ name, figure: isFigure(data.rows, name), opensGroup: false }));
  return group === undefined ? shapes : [{ name: group, figure: false, opensGroup: true }, ...shapes];
};

export function TableWidget(props: WidgetProps): JSX.Element {
  const rows = () => props.data.groups?.flatMap((group) => group.rows) ?? props.data.rows;
  const openers = createMemo(() => openersOf(props.data));
  const at = () => props.data.at;
  // Cells are only drawn anew when the columns change, so that a link keeps its focus while rows are read again.
  const shapes = createMemo(() => shapesOf(props), undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const grouped = (name: string): Column<Row> => ({
    key: `group ${name}`,
    head: heading(name),
    cell: (row) => <Show when={openers().has(row)}>{cellText(openers().get(row), at()) || 'none'}</Show>,
  });
  const own = ({ name, figure }: Shape, index: number): Column<Row> => {
    const inside = (row: Row) => <Cell row={row} column={name} now={at()} />;
    const linked = (row: Row) => (
      <a {...linkTo(props.links, targetOf(row))}>{isBlank(cell(row, name)) ? nameOf(row.stat.path) : inside(row)}</a>
    );
    return {
      key: name,
      head: heading(name),
      num: figure && index > 0,
      low: index >= FIRST_COLUMNS,
      names: index === 0,
      cell: index === 0 ? linked : inside,
    };
  };
  const columns = createMemo(() => {
    const first = shapes().findIndex(({ opensGroup }) => !opensGroup);
    return shapes().map((shape, index) => (shape.opensGroup ? grouped(shape.name) : own(shape, index - first)));
  });
  const sort = () => {
    const spec = ('sort' in props.panel.bind ? props.panel.bind.sort : undefined) ?? props.panel.sort;
    return spec === undefined ? undefined : { key: spec.replace(/^-/, ''), down: spec.startsWith('-') };
  };
  return (
    <>
      <Table columns={columns()} rows={rows()} label={props.label} sort={sort()} />
      <Show when={props.data.total > props.data.rows.length}>
        <p class="small faint pad">
          The first {props.data.rows.length} of {plural(props.data.total, 'row')}.
        </p>
      </Show>
    </>
  );
}
