/**
 * Markdown: documents as prose. Parser and sanitiser load with the first document shown; until then, and should they
 * fail to load, there is nothing or plain text, never unsanitised markup. Links to files go to the shell.
 */
import { createEffect, createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import { nameOf } from '../../kernel/protocol/paths.ts';
import { documentText } from './document-text.ts';
import { isPlainClick, linkTo } from './open-link.ts';
import type { Links, Row, WidgetProps } from './widget.ts';
import './markdown.css';

const MOST_CHARS = 200_000;

const follow = (event: MouseEvent & { currentTarget: HTMLElement }, links: Links): void => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const path = link?.dataset['path'];
  if (!path || !isPlainClick(event)) return;
  event.preventDefault();
  links.onOpen(path, link.dataset['line'] === undefined ? undefined : Number(link.dataset['line']));
};

function Document(props: { row: Row; named: boolean; links: Links }) {
  const [raw, setRaw] = createSignal(false);
  const [cut, setCut] = createSignal(false);
  let body!: HTMLDivElement;
  createEffect(() => {
    const { row } = props;
    const text = documentText(row);
    let current = true;
    onCleanup(() => (current = false));
    setCut(text.length > MOST_CHARS);
    import('./render-markdown.ts').then(
      ({ renderMarkdown }) => {
        if (!current) return;
        const hrefOf = (to: { path: string; line?: number }) => props.links.hrefOf?.(to) ?? '#';
        body.replaceChildren(renderMarkdown(text.slice(0, MOST_CHARS), row.stat.path, hrefOf));
      },
      () => {
        if (!current) return;
        setRaw(true);
        body.textContent = text.slice(0, MOST_CHARS);
      },
    );
  });
  return (
    <div class="stack-s">
      <Show when={props.named}>
        <h3>
          <a {...linkTo(props.links, { path: props.row.stat.path })}>{nameOf(props.row.stat.path)}</a>
        </h3>
      </Show>
      <div ref={body} class="prose" classList={{ raw: raw() }} onClick={(event) => follow(event, props.links)} />
      <Show when={cut()}>
        <p class="small faint">
          The first {MOST_CHARS.toLocaleString('en')} characters.{' '}
          <a {...linkTo(props.links, { path: props.row.stat.path })}>Open the whole file</a>
        </p>
      </Show>
    </div>
  );
}

export function MarkdownWidget(props: WidgetProps): JSX.Element {
  return (
    <For each={props.data.rows}>
      {(row) => <Document row={row} named={props.data.rows.length > 1} links={props.links} />}
    </For>
  );
}
