/** FolderSizesCard: which folders hold how much, a folder at a time, the largest first. Counted when asked for. */
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { nameOf, parentOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Table, type Column } from '../../ui/Table.tsx';
import { bytes, count, percent } from '../../ui/words.ts';
import { listSizes, type Size, type Sizes } from './folder-sizes.ts';

const SHOWN = 100;

export function FolderSizesCard() {
  const client = useClient();
  const [sizes, setSizes] = createSignal<Sizes>();
  const [failed, setFailed] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);
  const [at, setAt] = createSignal<Path>('/');
  let body!: HTMLDivElement;

  const measure = async () => {
    setBusy(true);
    setFailed(undefined);
    const found = await listSizes(client.stub);
    setBusy(false);
    if (!found.ok) return setFailed(found.error);
    if (!found.value.of.has(at())) setAt('/');
    return setSizes(found.value);
  };
  /** The button that was pressed goes away with its row: the focus stays in the table's place. */
  const enter = (path: Path) => {
    setAt(path);
    queueMicrotask(() => body.focus({ preventScroll: true }));
  };
  const here = () => sizes()?.of.get(at());
  const inside = () => sizes()?.inside.get(at()) ?? [];
  const columns: Column<Size>[] = [
    {
      key: 'name',
      head: 'Name',
      names: true,
      cell: (row) => (
        <Show
          when={row.kind === 'dir'}
          fallback={<a href={href({ room: 'files', path: row.path })}>{nameOf(row.path)}</a>}
        >
          <button type="button" class="link" onClick={() => enter(row.path)}>
            {nameOf(row.path)}/
          </button>
        </Show>
      ),
    },
    { key: 'files', head: 'Files', num: true, low: true, cell: (row) => (row.kind === 'dir' ? count(row.files) : '') },
    { key: 'share', head: 'Share', num: true, low: true, cell: (row) => percent(row.bytes, here()?.bytes ?? 0) },
    { key: 'bytes', head: 'Size', num: true, nowrap: true, cell: (row) => bytes(row.bytes) },
  ];

  return (
    <Card
      title="Folders by size"
      flush
      actions={
        <Button small variant="quiet" icon="sync" busy={busy()} onClick={() => void measure()}>
          {sizes() ? 'Count again' : 'Count'}
        </Button>
      }
    >
      <Switch
        fallback={
          <p class="pad hint">
            Counts files as they are now. Former versions are in no folder: they are the rest of what is used above.
          </p>
        }
      >
        <Match when={failed()}>
          {(error) => (
            <p class="pad fail-ink t13" role="alert">
              Not counted: {error().message}
            </p>
          )}
        </Match>
        <Match when={sizes()}>
          <div tabindex="-1" ref={(el) => (body = el)} role="group" aria-label={`Sizes in ${at()}`}>
            <p class="folder-crumbs t13">
              <For each={trail(at())}>
                {(path, n) => (
                  <Show
                    when={n() < trail(at()).length - 1}
                    fallback={<strong>{path === '/' ? 'Everything' : nameOf(path)}</strong>}
                  >
                    <button type="button" class="link" onClick={() => enter(path)}>
                      {path === '/' ? 'Everything' : nameOf(path)}
                    </button>
                    {' / '}
                  </Show>
                )}
              </For>
            </p>
            <Table
              label={`Sizes in ${at()}`}
              columns={columns}
              rows={inside().slice(0, SHOWN)}
              empty="Nothing is in it."
              total={['All', count(here()?.files ?? 0), '', bytes(here()?.bytes ?? 0)]}
            />
            <Show when={inside().length > SHOWN}>
              <p class="pad small faint">
                The {SHOWN} largest of {count(inside().length)}.
              </p>
            </Show>
            <Show when={sizes()?.cut}>
              <p class="pad small wait-ink">
                There is more than was counted: the first 100,000 entries are in these sums.
              </p>
            </Show>
          </div>
        </Match>
      </Switch>
    </Card>
  );
}

/** From the top down to `path`. */
const trail = (path: Path): Path[] => (path === '/' ? ['/'] : [...trail(parentOf(path)), path]);
