/** An undo in words: what it does to a file, and what was done when it is over. Pure. */
import type { Undone } from '../../kernel/protocol/syscalls.ts';
import { plural } from '../ui/words.ts';

export const WHAT_WORDS: Record<Undone['files'][number]['what'], string> = {
  changed: 'Its lines are taken out, and what it took out is put back',
  removed: 'It made this file, so the file is removed',
  restored: 'It removed this file, so the file is back',
  moved: 'It moved this file, so the file is where it was',
};

export const undoneWords = (run: string, { files, conflicts }: Pick<Undone, 'files' | 'conflicts'>): string =>
  [
    files.length === 0
      ? `Nothing of run ${run} was taken back.`
      : `Run ${run} is undone in ${plural(files.length, 'file')}.`,
    conflicts.length === 0 ? '' : `${plural(conflicts.length, 'file')} could not be told apart and stayed.`,
  ]
    .filter((words) => words !== '')
    .join(' ');
