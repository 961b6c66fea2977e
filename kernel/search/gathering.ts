/** Texts that will be one segment, taken in one after the other. Pure. */
import type { NodeId } from '../protocol/entry.ts';
import { packDocuments, type Doc, type Documents } from './documents.ts';
import type { Postings } from './segment.ts';
import { Terms } from './terms.ts';

export class Gathering {
  characters = 0;
  private readonly docs: Doc[] = [];
  private readonly terms = new Terms();
  /** By term: document, count, document, count … */
  private readonly lists: number[][] = [];

  get count(): number {
    return this.docs.length;
  }

  /** What is no text is noted as such. */
  take(node: NodeId, hash: string, text: string | undefined): void {
    const doc = this.docs.length;
    const counted = this.terms.count(text ?? '', (term, count) => {
      const list = this.lists[term];
      if (list) list.push(doc, count);
      else this.lists[term] = [doc, count];
    });
    this.docs.push({ node, hash, text: text !== undefined, ...counted });
    this.characters += text?.length ?? 0;
  }

  documents(): Documents {
    return packDocuments(this.docs);
  }

  postings(): Postings {
    return new Map(this.lists.map((list, term) => [this.terms.list[term] as string, list]));
  }
}
