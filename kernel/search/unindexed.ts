/**
 * Search without an index: the tree is walked for each question, name by name, and every file is read. What the index
 * says is measured against it in tests.
 */
import type { NodeId } from '../protocol/entry.ts';
import { join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import type { Files } from './files.ts';
import type { Index } from './inverted-index.ts';
import type { Visit } from './listing.ts';
import { NOT_NAMED } from './naming.ts';
import { meets, words, type Wanted } from './tokens.ts';

export const unindexed = (files: Files): Pick<Index, 'lookup' | 'changed' | 'generation'> => {
  const lookup: Index['lookup'] = async (wanted: readonly Wanted[]) => {
    const ids: NodeId[] = [];
    const meeting = (path: Path): readonly boolean[] => {
      const met = wanted.map((one) => words(path).some((word) => meets(word, one)));
      return met.includes(true) ? met : NOT_NAMED;
    };
    const walk = (folder: Path, visit: Visit): void => {
      const node = files.at(folder);
      for (const [name, child] of node ? files.childrenOf(node) : []) {
        const path = join(folder, name);
        if (child.kind === 'dir') walk(path, visit);
        else if (child.as !== 'blob') visit(ids.push(child.id) - 1, folder, name, meeting(path));
      }
    };
    return {
      visit: (under, visit) => {
        const start = files.at(under);
        if (start?.kind === 'dir') walk(under, visit);
        else if (start && start.as !== 'blob')
          visit(ids.push(start.id) - 1, parentOf(under), nameOf(under), meeting(under));
      },
      id: (file) => ids[file] ?? '',
      answer: () => 'unknown',
      counts: () => wanted.map(() => 0),
      length: () => 0,
      cut: () => false,
    };
  };
  return { lookup, changed: () => undefined, generation: () => 0 };
};
