/**
 * How the editor looks. It lives in a shadow root, where the library may adopt style sheets (a style element would be
 * refused by the page's policy); tokens reach it because custom properties are inherited.
 */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const mark = { inlineSize: '10px', blockSize: '10px', flex: 'none', color: 'var(--who)' };
const who = (kind: string) => ({ '--who': `var(--${kind})` });
const PHONE = '@media (max-width: 899.98px)';
/** The editor's place is its container: a narrow one has room for marks only. */
const NARROW = '@container (max-width: 599.98px)';

const look = EditorView.theme({
  '&': { blockSize: '100%', color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--t-13)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '22px', overflow: 'auto' },
  '.cm-content': { padding: '6px 0 40vh', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 16px 0 10px' },
  '.cm-cursor, .cm-dropCursor': { borderInlineStart: '2px solid var(--operator)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'light-dark(#c3dfd1, #285343)',
  },
  '.cm-content ::selection': { backgroundColor: 'transparent' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--hover)' },
  '&.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '.cm-asked, &.cm-focused .cm-asked': { backgroundColor: 'var(--selected)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minInlineSize: '34px', padding: '0 4px 0 8px', fontSize: 'var(--t-11)' },
  '.cm-specialChar': { color: 'var(--ink-3)' },

  '.cm-authors': { inlineSize: '152px' },
  '.cm-authors .cm-gutterElement': { cursor: 'pointer' },
  '.cm-author': {
    display: 'flex',
    alignItems: 'center',
    gap: '6px',
    blockSize: '100%',
    minBlockSize: '22px',
    maxBlockSize: '22px',
    padding: '0 8px 0 12px',
    font: 'var(--t-11)/22px var(--sans)',
    color: 'var(--ink-3)',
    boxSizing: 'border-box',
  },
  '.cm-authored': { borderInlineEnd: '3px solid var(--who)', boxSizing: 'border-box' },
  '.cm-authored-first': { borderBlockStart: '1px solid var(--line)' },
  '.cm-author-name': { color: 'var(--ink-2)', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '.cm-author-when': { marginInlineStart: 'auto', whiteSpace: 'nowrap' },
  '.m': mark,
  '.is-operator': who('operator'),
  '.is-agent': who('agent'),
  '.is-program': who('program'),
  '.is-daemon': who('daemon'),
  '.is-outside': who('outside'),

  '.cm-panels': { backgroundColor: 'var(--ground)', color: 'var(--ink)' },
  '.cm-panels.cm-panels-top': { borderBlockEnd: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 32px 6px 10px', fontFamily: 'var(--sans)', fontSize: 'var(--t-12)' },
  '.cm-textfield': {
    font: 'inherit',
    color: 'inherit',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--r-1)',
    padding: '3px 6px',
  },
  '.cm-button': {
    font: 'inherit',
    color: 'inherit',
    background: 'var(--surface)',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--r-1)',
    padding: '3px 8px',
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--ink-2)', fontSize: 'var(--t-16)', insetInlineEnd: '8px' },
  '.cm-searchMatch': { backgroundColor: 'var(--wait-soft)', outline: '1px solid var(--wait)' },
  '.cm-searchMatch-selected': { backgroundColor: 'light-dark(#f1d9a4, #5d4716)' },

  [NARROW]: {
    '.cm-authors': { inlineSize: '26px' },
    '.cm-author': { padding: '0 0 0 8px' },
    '.cm-author-name, .cm-author-when': { display: 'none' },
  },
  [PHONE]: {
    '.cm-scroller': { lineHeight: '24px' },
    '.cm-lineNumbers .cm-gutterElement': { minInlineSize: '26px', padding: '0 4px 0 2px' },
    '.cm-content': { paddingBlockEnd: '6px' },
    '.cm-line': { paddingInline: '6px 10px' },
  },
});

const words = HighlightStyle.define([
  { tag: [tags.heading, tags.strong], fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  {
    tag: [tags.processingInstruction, tags.meta, tags.comment, tags.punctuation, tags.separator, tags.bracket],
    color: 'var(--ink-3)',
  },
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName), tags.labelName, tags.contentSeparator],
    color: 'var(--ink-3)',
  },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--operator)' },
  {
    tag: [tags.link, tags.url],
    textDecoration: 'underline',
    textDecorationColor: 'var(--edge)',
    textUnderlineOffset: '3px',
  },
  { tag: tags.monospace, color: 'var(--agent)' },
  { tag: tags.quote, color: 'var(--ink-2)' },
  { tag: tags.invalid, textDecoration: 'underline wavy var(--fail)' },
]);

export const editorLook: Extension = [look, syntaxHighlighting(words)];
