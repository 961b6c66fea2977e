/**
 * The editor's margin: who wrote each line. It shows what it is given and moves with the text while one types; a line
 * typed just now has no author until it is saved. The same facts are in the side pane, for those who cannot see a margin.
 */
import { RangeSet, StateEffect, StateField, type Extension } from '@codemirror/state';
import { gutter, GutterMarker, type EditorView } from '@codemirror/view';
import { createRoot } from 'solid-js';
import { readActor } from '../../ui/actors.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import type { LineAuthor } from './blame-lines.ts';

/** How an author's line is written: "07:02", and everything at once on hover. */
export type AuthorWords = { when: string; full: string };

class AuthorMarker extends GutterMarker {
  readonly #author: LineAuthor;
  readonly #words: AuthorWords;
  override readonly elementClass: string;

  constructor(author: LineAuthor, words: AuthorWords) {
    super();
    this.#author = author;
    this.#words = words;
    this.elementClass = `cm-authored is-${readActor(author.run.actor).kind}${author.first ? ' cm-authored-first' : ''}`;
  }

  override eq(other: GutterMarker): boolean {
    return (
      other instanceof AuthorMarker &&
      other.#author.run.revision === this.#author.run.revision &&
      other.#author.first === this.#author.first
    );
  }

  override toDOM(): Node {
    const box = document.createElement('span');
    box.className = 'cm-author';
    box.title = this.#words.full;
    if (!this.#author.first) return box;
    const { actor } = this.#author.run;
    // Drawn once and never again: nothing in it is reactive.
    const mark = createRoot((dispose) => {
      const drawn = <ActorMark actor={actor} />;
      dispose();
      return drawn as Node;
    });
    box.append(mark, part('cm-author-name', readActor(actor).name), part('cm-author-when', this.#words.when));
    return box;
  }
}

const part = (name: string, text: string): HTMLElement => {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = text;
  return span;
};

export const showAuthors = StateEffect.define<readonly (LineAuthor | undefined)[]>();

export const blameGutter = (say: (author: LineAuthor) => AuthorWords, onPress: (line: number) => void): Extension => {
  const authors = StateField.define<RangeSet<AuthorMarker>>({
    create: () => RangeSet.empty,
    update: (before, transaction) => {
      const given = transaction.effects.find((effect) => effect.is(showAuthors));
      if (!given) return before.map(transaction.changes);
      const { doc } = transaction.state;
      const lines = given.value as readonly (LineAuthor | undefined)[];
      const markers = lines.flatMap((author, index) =>
        author && index < doc.lines ? [new AuthorMarker(author, say(author)).range(doc.line(index + 1).from)] : [],
      );
      return RangeSet.of(markers);
    },
  });
  return [
    authors,
    gutter({
      class: 'cm-authors',
      markers: (view: EditorView) => view.state.field(authors),
      domEventHandlers: {
        mousedown: (view, block) => {
          onPress(view.state.doc.lineAt(block.from).number);
          return true;
        },
      },
    }),
  ];
};
