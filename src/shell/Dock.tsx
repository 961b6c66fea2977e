/**
 * The dock: the log of orders and what came of them, and the order line. Three places: at the side, along the bottom,
 * in full. It knows kinds of order and their turns, and nothing of what an order does.
 */
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { DockHead, DockPlaces, type DockPlace } from '../ui/DockHead.tsx';
import type { OrderKind, Turn } from './order.ts';
import { OrderLine } from './OrderLine.tsx';

/** Puts text into the order line from outside: a chip, the palette, a leading `$ ` for bash. */
export type OrderInput = { put: (text: string) => void; give: (text: string, kind: string) => void; focus: () => void };

export interface DockProps {
  kinds: readonly OrderKind[];
  place: DockPlace;
  phone: boolean;
  onPlace: (place: DockPlace) => void;
  input: (input: OrderInput) => void;
}

export function Dock(props: DockProps) {
  const [kind, setKind] = createSignal(props.kinds[0]!);
  const [text, setText] = createSignal('');
  const [given, setGiven] = createSignal<readonly Turn[]>([]);
  const turns = createMemo(() =>
    [...props.kinds.flatMap((one) => one.past?.() ?? []), ...given()].sort((a, b) => a.at - b.at),
  );
  const last = () => given().at(-1);
  /** Along the bottom the last turn stands above the line until it is folded away. */
  const [folded, setFolded] = createSignal(false);
  let field: HTMLInputElement | undefined;
  let log: HTMLDivElement | undefined;

  const give = (order: string, by: OrderKind = kind()): void => {
    setGiven([...given(), by.give(order)]);
    setText('');
    setFolded(false);
    if (props.phone && props.place !== 'full') props.onPlace('full');
  };

  // A shell that cannot answer is not the first one offered; once the operator chose one, it stays.
  let chosen = false;
  createEffect(() => {
    const open = props.kinds.find((one) => one.closed?.() === undefined);
    if (!chosen && given().length === 0 && text() === '' && kind().closed?.() !== undefined && open) setKind(open);
  });
  const choose = (next: OrderKind): void => {
    chosen = true;
    setKind(next);
  };

  const put = (order: string): void => {
    const opened = props.kinds.find((one) => one.opener !== undefined && order.startsWith(`${one.opener} `));
    choose(opened ?? props.kinds.find((one) => one.opener === undefined) ?? kind());
    setText(opened ? order.slice((opened.opener?.length ?? 0) + 1) : order);
    focus();
  };

  const focus = (): void => {
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  };

  props.input({
    put,
    focus,
    give: (order, id) => {
      const by = props.kinds.find((one) => one.id === id);
      if (by) give(order, by);
    },
  });

  // The newest turn is what one looks at, also when the dock is opened or its place changes.
  const toEnd = (): void => queueMicrotask(() => log && (log.scrollTop = log.scrollHeight));
  createEffect(on([turns, () => props.place, () => last()?.running(), () => last()?.summary()], toEnd));

  const places = () => <DockPlaces place={props.place} onPlace={(place) => props.onPlace(place)} />;
  return (
    <>
      <Switch>
        <Match when={props.place !== 'bottom'}>
          <DockHead place={props.place} onPlace={(place) => props.onPlace(place)} />
          <div
            ref={log}
            class="dock-log"
            tabindex="0"
            role="log"
            aria-label="Shell log"
            aria-busy={last()?.running() ?? false}
          >
            <For
              each={turns()}
              fallback={
                <p class="small muted">
                  Nothing was ordered yet. Bash works now, also offline. Type $ and a line, such as ls.
                </p>
              }
            >
              {(turn) => turn.view()}
            </For>
          </div>
        </Match>
        <Match when={!props.phone && !folded() && last()}>
          {(turn) => (
            <div ref={log} class="dock-pane" tabindex="0" role="log" aria-label="Last order">
              {turn().view()}
            </div>
          )}
        </Match>
      </Switch>
      <OrderLine
        kinds={props.kinds}
        kind={kind()}
        text={text()}
        onKind={(next) => {
          choose(next);
          focus();
        }}
        onText={setText}
        onGive={() => give(text().trim())}
        roomy={props.place !== 'bottom'}
        field={(el) => (field = el)}
      >
        <Show when={props.place === 'bottom'}>
          <Show when={last()}>
            {(turn) => (
              <>
                <Show when={folded()}>
                  <span class="last only-wide">{turn().summary()}</span>
                </Show>
                <Button
                  class="only-wide"
                  small
                  variant="quiet"
                  icon={folded() ? 'right' : 'down'}
                  label={folded() ? 'Show the last order' : 'Fold the last order away'}
                  onClick={() => setFolded(!folded())}
                />
              </>
            )}
          </Show>
          <span class="btns">{places()}</span>
        </Show>
      </OrderLine>
    </>
  );
}
