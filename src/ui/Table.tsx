/**
 * Table: ruled like an account book. Figures stand right; columns marked `low` leave on a phone;
 * the totals row is double-ruled. The caller sorts: the head only says which way and asks.
 */
import { For, type JSX, Show } from 'solid-js';

export interface Column<Row> {
  key: string;
  head: JSX.Element;
  /** The head is heard and not seen, for a column of buttons. */
  quiet?: boolean;
  cell: (row: Row) => JSX.Element;
  /** A figure: right-aligned, tabular. */
  num?: boolean;
  /** The least of the columns: dropped below 900 px. */
  low?: boolean;
  /** This cell names its row. */
  names?: boolean;
  sortable?: boolean;
  nowrap?: boolean;
}

export interface TableSort {
  key: string;
  down: boolean;
}

export interface TableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Accessible name. */
  label: string;
  sort?: TableSort;
  onSort?: (sort: TableSort) => void;
  /** The totals, one cell a column, in the order of `columns`. */
  total?: readonly JSX.Element[];
  /** Shown in place of rows. */
  empty?: JSX.Element;
  isCurrent?: (row: Row) => boolean;
}

const cellClass = <Row,>(column: Column<Row>) => ({
  num: column.num ?? false,
  'col-lo': column.low ?? false,
  nowrap: column.nowrap ?? false,
});

export function Table<Row>(props: TableProps<Row>) {
  const sorted = (column: Column<Row>) =>
    props.sort?.key === column.key ? (props.sort.down ? 'descending' : 'ascending') : undefined;
  const ask = (column: Column<Row>) =>
    props.onSort?.({ key: column.key, down: props.sort?.key === column.key ? !props.sort.down : false });
  return (
    <table class="table" aria-label={props.label}>
      <thead>
        <tr>
          <For each={props.columns}>
            {(column) => (
              <th scope="col" classList={cellClass(column)} aria-sort={sorted(column)}>
                <Show
                  when={column.sortable && props.onSort}
                  fallback={<span classList={{ vh: column.quiet ?? false }}>{column.head}</span>}
                >
                  <button type="button" class="sort" onClick={() => ask(column)}>
                    {column.head}
                    <span aria-hidden="true">
                      {sorted(column) === undefined ? '' : sorted(column) === 'descending' ? '↓' : '↑'}
                    </span>
                  </button>
                </Show>
              </th>
            )}
          </For>
        </tr>
      </thead>
      <tbody>
        <For
          each={props.rows}
          fallback={
            <Show when={props.empty}>
              {(empty) => (
                <tr>
                  <td colspan={props.columns.length}>{empty()}</td>
                </tr>
              )}
            </Show>
          }
        >
          {(row) => (
            <tr aria-current={props.isCurrent?.(row) ? 'true' : undefined}>
              <For each={props.columns}>
                {(column) => (
                  <Show when={column.names} fallback={<td classList={cellClass(column)}>{column.cell(row)}</td>}>
                    <th scope="row" classList={cellClass(column)}>
                      {column.cell(row)}
                    </th>
                  </Show>
                )}
              </For>
            </tr>
          )}
        </For>
      </tbody>
      <Show when={props.total}>
        {(total) => (
          <tfoot>
            <tr>
              <For each={props.columns}>
                {(column, at) => (
                  <Show when={at() === 0} fallback={<td classList={cellClass(column)}>{total()[at()]}</td>}>
                    <th scope="row">{total()[0]}</th>
                  </Show>
                )}
              </For>
            </tr>
          </tfoot>
        )}
      </Show>
    </table>
  );
}
