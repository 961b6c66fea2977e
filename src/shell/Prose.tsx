/**
 * An agent's words as paragraphs, lists and code, with bold and `code` inside and workspace paths as links. It builds
 * elements and never markup, so nothing an agent writes can become more than text. Whole documents are the widgets'.
 */
import { For, Match, Switch, type JSX } from 'solid-js';
import { href } from '../client/route.ts';
import { blocks, spans, type Span } from './prose-blocks.ts';

export function Prose(props: { text: string }) {
  return (
    <div class="prose">
      <For each={blocks(props.text)}>
        {(block) => (
          <Switch fallback={<p>{inline(block.lines.join('\n'))}</p>}>
            <Match when={block.kind === 'code'}>
              <div class="cmd">
                <pre>{block.lines.join('\n')}</pre>
              </div>
            </Match>
            <Match when={block.kind === 'list'}>
              <ul>
                <For each={block.lines}>{(line) => <li>{inline(line)}</li>}</For>
              </ul>
            </Match>
            <Match when={block.kind === 'head'}>
              <p>
                <strong>{inline(block.lines.join(' '))}</strong>
              </p>
            </Match>
          </Switch>
        )}
      </For>
    </div>
  );
}

const inline = (text: string): JSX.Element => <For each={spans(text)}>{(span) => one(span)}</For>;

const one = (span: Span): JSX.Element => {
  switch (span.kind) {
    case 'bold':
      return <strong>{span.text}</strong>;
    case 'code':
      return <code>{span.text}</code>;
    case 'path':
      return (
        <a class="path" href={href({ room: 'files', path: span.text, ...(span.line ? { line: span.line } : {}) })}>
          {span.text}
          {span.line ? `:${span.line}` : ''}
        </a>
      );
    case 'text':
      return span.text;
  }
};
