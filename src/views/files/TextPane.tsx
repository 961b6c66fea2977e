/**
 * TextPane: a text in the editor, with its authors in the margin when they are known. The editor itself is fetched when
 * the first text is opened.
 */
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from 'solid-js';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { columnTime, relativeDay } from '../../ui/words.ts';
import { readActor } from '../../ui/actors.ts';
import { singleKeys } from '../../client/keys.ts';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import type { BlameRun } from '../../../kernel/protocol/syscalls.ts';
import { authorsOfLines, type LineAuthor } from './blame-lines.ts';
import type { Editor, EditorSource } from './editor.ts';

export interface TextPaneProps {
  path: string;
  source: EditorSource;
  /** Authors of the content as it is saved, when they were asked for. */
  runs?: readonly BlameRun[];
  /** Show them in the margin. */
  blame: boolean;
  /** Put the caret there and the line into sight. */
  line?: number;
  /** Just made: the caret goes into it. */
  fresh?: boolean;
  /** The line whose facts are shown. */
  asked?: number;
  onLine: (line: number) => void;
  onWhy: (line: number) => void;
  /** Who wrote the asked line, as soon as it is known. */
  onAuthor: (author: LineAuthor | undefined) => void;
  onBlame: () => void;
}

export function TextPane(props: TextPaneProps) {
  const [editor, setEditor] = createSignal<Editor>();
  const [failed, setFailed] = createSignal(false);
  let host!: HTMLDivElement;
  let gone = false;

  onMount(async () => {
    try {
      const { createEditor } = await import('./editor.ts');
      if (gone) return;
      const made = createEditor({
        host,
        source: props.source,
        path: props.path,
        label: `Text of ${nameOf(props.path)}`,
        onLine: (line) => props.onLine(line),
        onWhy: (line) => props.onWhy(line),
        onBlame: () => props.onBlame(),
        say: authorWords,
        singleKeys,
      });
      setEditor(made);
      if (props.fresh) made.focus();
    } catch {
      setFailed(true);
    }
  });
  onCleanup(() => {
    gone = true;
    editor()?.destroy();
  });

  const authors = createMemo(() => {
    const { runs } = props;
    const text = editor()?.text();
    if (!runs || text === undefined) return undefined;
    // The record and the text must be of the same length to be laid over one another; while one types they are not.
    return (runs.at(-1)?.to ?? 0) === text.length ? authorsOfLines(runs, text) : 'typing';
  });
  createEffect(() => {
    const made = editor();
    const now = props.blame ? authors() : undefined;
    if (made && now !== 'typing') made.authors(now);
  });
  createEffect(() => {
    const now = authors();
    if (now !== 'typing') props.onAuthor(props.asked === undefined ? undefined : now?.[props.asked - 1]);
  });
  createEffect(() => editor()?.mark(props.asked));
  createEffect(
    on([editor, () => props.line], ([made, line]) => {
      if (made && line !== undefined) made.goTo(line);
    }),
  );

  return (
    <>
      <Show when={!editor()}>
        <div class="pad">
          <Show when={failed()} fallback={<Skeleton label="Opening the editor" />}>
            <p class="fail-ink">
              The editor could not be loaded. Reload the page; if you are offline, it is not in the cache yet.
            </p>
          </Show>
        </div>
      </Show>
      <div class="editor-host" ref={(el) => (host = el)} />
    </>
  );
}

const authorWords = ({ run, others }: LineAuthor): { when: string; full: string } => {
  const clock = { now: Date.now() };
  const also = others.length > 0 ? `; partly by ${others.map((actor) => readActor(actor).name).join(', ')}` : '';
  return {
    when: columnTime(run.at, clock),
    full: `${readActor(run.actor).name}, ${relativeDay(run.at, clock)}: ${run.message}${also}`,
  };
};
