/** An index that knows of no file, for tests: whoever asks it reads every file, which is what the answer must be. */
import { visitBelow, type Files } from './files.ts';
import type { Index } from './inverted-index.ts';

export const knowsNothing = (files: Files): Pick<Index, 'lookup' | 'changed'> => ({
  lookup: async () => ({
    of: () => undefined,
    each: (visit) => visitBelow(files, '/', (node) => visit(node, undefined)),
  }),
  changed: () => undefined,
});
