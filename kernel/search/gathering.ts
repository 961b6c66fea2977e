/** Texts that will be one segment, taken in one after the other. Pure. */
import type { NodeId } from '../protocol/entry.ts';
import { packDocuments, type Doc, type Documents } from './documents.ts';
import type { Postings } from './segment.ts';
import { countTerms } from './tokens.ts';

export class Gathering {
  readonly postings: Postings = new Map();
  characters = 0;
  private readonly docs: Doc[] = [];

  get count(): number {
    return this.docs.length;
  }

  /** What is no text is noted as such. */
  take(node: NodeId, hash: string, text: string | undefined): void {
    const { terms, length, cut } = countTerms(text ?? '');
    const doc = this.docs.push({ node, hash, length, text: text !== undefined, cut }) - 1;
    for (const [term, count] of terms) {
      const list = this.postings.get(term);
      if (list) list.push(doc, count);
      else this.postings.set(term, [doc, count]);
    }
    this.characters += text?.length ?? 0;
  }

  documents(): Documents {
    return packDocuments(this.docs);
  }
}
