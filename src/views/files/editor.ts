/**
 * The editor: CodeMirror in a shadow root of the element it is given, over a live Y.Text or over a fixed text that can
 * be read but not changed. It knows texts and lines; where they come from and who wrote them is the caller's.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import type * as Y from 'yjs';
import { blameGutter, showAuthors, type AuthorWords } from './blame-gutter.tsx';
import type { LineAuthor } from './blame-lines.ts';
import { grammarFor } from './editor-language.ts';
import { editorLook } from './editor-theme.ts';

export type EditorSource = { live: Y.Text } | { fixed: string };

export type EditorOptions = {
  host: HTMLElement;
  source: EditorSource;
  path: string;
  /** Accessible name: "Text of profile.md". */
  label: string;
  /** The caret stands on another line. */
  onLine: (line: number) => void;
  /** Asked who wrote a line: its margin was pressed, or W. */
  onWhy: (line: number) => void;
  onBlame: () => void;
  say: (author: LineAuthor) => AuthorWords;
  /** Do single letters work as keys here (only where nothing can be typed). */
  singleKeys: () => boolean;
};

export type Editor = {
  /** Authors in the margin; undefined takes the margin away. */
  authors: (lines: readonly (LineAuthor | undefined)[] | undefined) => void;
  /** Mark a line as the one asked about. */
  mark: (line: number | undefined) => void;
  goTo: (line: number) => void;
  line: () => number;
  text: () => string;
  focus: () => void;
  destroy: () => void;
};

const markLine = StateEffect.define<number | undefined>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    const given = transaction.effects.find((effect) => effect.is(markLine));
    if (!given) return before.map(transaction.changes);
    const line = given.value as number | undefined;
    if (line === undefined || line > transaction.state.doc.lines) return Decoration.none;
    return Decoration.set(Decoration.line({ class: 'cm-asked' }).range(transaction.state.doc.line(line).from));
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const createEditor = (o: EditorOptions): Editor => {
  const fixed = 'fixed' in o.source;
  const root = o.host.shadowRoot ?? o.host.attachShadow({ mode: 'open' });
  const grammar = new Compartment();
  const margin = new Compartment();
  let line = 1;

  const here = (view: EditorView): number => view.state.doc.lineAt(view.state.selection.main.head).number;
  const asks =
    (act: (view: EditorView) => void, single: boolean) =>
    (view: EditorView): boolean => {
      if (single && !(fixed && o.singleKeys())) return false;
      act(view);
      return true;
    };
  const why = (view: EditorView): void => o.onWhy(here(view));
  const questions = keymap.of([
    { key: 'Alt-w', run: asks(why, false) },
    { key: 'Alt-b', run: asks(() => o.onBlame(), false) },
    { key: 'w', run: asks(why, true) },
    { key: 'b', run: asks(() => o.onBlame(), true) },
  ]);

  const content: Extension =
    'live' in o.source
      ? [yCollab(o.source.live, null), keymap.of(yUndoManagerKeymap)]
      : [EditorState.readOnly.of(true), history(), keymap.of(historyKeymap)];

  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: 'live' in o.source ? o.source.live.toJSON() : o.source.fixed,
      extensions: [
        questions,
        content,
        margin.of([]),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        highlightSpecialChars(),
        highlightSelectionMatches(),
        drawSelection(),
        dropCursor(),
        marked,
        search({ top: true }),
        EditorView.lineWrapping,
        // In a live text each position counts for all who edit it: only a line feed is a line break there.
        fixed ? [] : EditorState.lineSeparator.of('\n'),
        EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n')),
        EditorView.contentAttributes.of({
          'aria-label': o.label,
          spellcheck: 'false',
          tabindex: '0',
          ...(fixed ? { 'aria-readonly': 'true', inputmode: 'none' } : {}),
        }),
        EditorView.updateListener.of((update) => {
          const now = here(update.view);
          if (now !== line) o.onLine((line = now));
        }),
        // Tab stays the browser's: it leaves the editor.
        keymap.of([...searchKeymap, ...defaultKeymap]),
        grammar.of([]),
        editorLook,
      ],
    }),
  });

  // The page's single keys listen on the window and cannot see into a shadow root: what is typed here stays here.
  const keep = (event: KeyboardEvent): void => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && (!fixed || event.defaultPrevented)) event.stopPropagation();
  };
  o.host.addEventListener('keydown', keep);

  let gone = false;
  void grammarFor(o.path).then((found) => {
    if (!gone) view.dispatch({ effects: grammar.reconfigure(found) });
  });

  const clamp = (wanted: number): number => Math.max(1, Math.min(wanted, view.state.doc.lines));
  let blaming = false;
  return {
    authors: (lines) => {
      if ((lines !== undefined) !== blaming) {
        blaming = lines !== undefined;
        view.dispatch({ effects: margin.reconfigure(blaming ? blameGutter(o.say, o.onWhy) : []) });
      }
      if (lines) view.dispatch({ effects: showAuthors.of(lines) });
    },
    mark: (wanted) => view.dispatch({ effects: markLine.of(wanted) }),
    goTo: (wanted) => {
      const { from } = view.state.doc.line(clamp(wanted));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    },
    line: () => here(view),
    text: () => ('fixed' in o.source ? o.source.fixed : view.state.doc.toString()),
    focus: () => view.focus(),
    destroy: () => {
      gone = true;
      o.host.removeEventListener('keydown', keep);
      view.destroy();
    },
  };
};
