/** Two fixed texts side by side in CodeMirror's merge view, in a shadow root for the sake of the page's style policy. */
import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { grammarFor } from './editor-language.ts';
import { editorLook } from './editor-theme.ts';

const mergeLook = EditorView.theme({
  '&': { blockSize: 'auto' },
  '&.cm-merge-a .cm-content, &.cm-merge-b .cm-content': { paddingBlockEnd: '6px' },
  '&.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--del-soft)' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--add-soft)' },
  '&.cm-merge-a .cm-changedText': { background: 'var(--del-word)' },
  '&.cm-merge-b .cm-changedText': { background: 'var(--add-word)' },
  '.cm-collapsedLines': { background: 'var(--ground)', color: 'var(--ink-2)', font: 'var(--t-12)/24px var(--sans)' },
  // The library's own ornament is in few fonts.
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '""' },
  '.cm-changeGutter': { inlineSize: '3px', paddingInlineStart: '1px' },
});

export type MergeOptions = { host: HTMLElement; path: string; older: string; newer: string };

/** Draws into the host's shadow root; the answer takes it away again. */
export const drawMerge = ({ host, path, older, newer }: MergeOptions): (() => void) => {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  let view: MergeView | undefined;
  let gone = false;
  const draw = (grammar: Extension): void => {
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
        lineNumbers(),
        EditorView.lineWrapping,
        grammar,
        editorLook,
        mergeLook,
      ],
    });
    view = new MergeView({
      parent: root,
      root,
      a: side(older, 'The older version'),
      b: side(newer, 'The newer version'),
      collapseUnchanged: { margin: 3, minSize: 6 },
      // Bounded as the line diff is: past this many differences the rest is one block.
      diffConfig: { scanLimit: 600 },
    });
  };
  void grammarFor(path).then((grammar) => {
    if (!gone) draw(grammar);
  });
  return () => {
    gone = true;
    view?.destroy();
    root.replaceChildren();
  };
};
