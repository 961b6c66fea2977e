// MiniSearch: an index in memory, kept as JSON in IndexedDB (in pieces: one value of 180 MB is refused by some browsers).
import MiniSearch from 'minisearch';
import type { SampleFile } from '../measure/corpus.ts';
import { openRaw } from './raw.ts';

export type Mini = { search: (query: string) => number };

const PIECE = 16 << 20;
const options = { idField: 'index', fields: ['text'] };
const ask = (index: MiniSearch<SampleFile>): Mini => ({
  // As the kernel understands a query: every word of it begins a word of the file.
  search: (query) => index.search(query, { prefix: true, combineWith: 'AND' }).length,
});

const stored = () => openRaw('relaxed', 'minisearch');

export const buildMini = (files: readonly SampleFile[]): { mini: Mini; save: () => Promise<number> } => {
  const index = new MiniSearch<SampleFile>(options);
  index.addAll(files);
  const save = async (): Promise<number> => {
    const json = JSON.stringify(index);
    const pieces = Array.from({ length: Math.ceil(json.length / PIECE) }, (_, i) =>
      json.slice(i * PIECE, (i + 1) * PIECE),
    );
    const raw = await stored();
    await raw.putAll([pieces.length]);
    for (const piece of pieces) await raw.putAll([piece]);
    return json.length;
  };
  return { mini: ask(index), save };
};

export const loadMini = async (): Promise<Mini> => {
  const raw = await stored();
  const count = Number(await raw.get(1));
  const pieces: unknown[] = [];
  for (let i = 0; i < count; i++) pieces.push(await raw.get(2 + i));
  return ask(MiniSearch.loadJSON<SampleFile>(pieces.join(''), options));
};
