/**
 * Answers of calls as compact text for a model, and refusals in words that it can act on. Long answers are cut at
 * 40,000 characters, with a note on how to get the rest.
 */
import type { ErrorCode, SysError } from '../protocol/errors.ts';
import type { Revision, Stat } from '../protocol/files.ts';
import type { BashEnded, Ended } from '../protocol/ports.ts';
import type { FireValue, HistoryValue, ListValue, ReadValue, Values } from '../protocol/syscalls.ts';

export const RESULT_CHARS = 40_000;

export const cap = (text: string, how: string, limit = RESULT_CHARS): string =>
  text.length <= limit ? text : `${text.slice(0, limit)}\n[cut: ${text.length - limit} more characters. ${how}]`;

const HINTS: Partial<Record<ErrorCode, string>> = {
  EACCES: 'If it should happen all the same, use propose and say why.',
  EROFS: 'If it should happen all the same, use propose and say why.',
  ESTALE: 'Read it again and redo your change on what is there now.',
  EEXIST: 'Read what is there before you decide to replace it.',
  EAGAIN: 'Do not repeat it.',
  ENOSPC: 'Nothing of it was kept. Do not repeat it as it is: say in your answer that the disk is full.',
  EDQUOT: 'Do not repeat it: end with what you have, and say what is left to do.',
  ETIMEDOUT: 'It may have taken effect all the same: look before you repeat it.',
};

export const sayRefusal = (error: SysError): string => {
  const hint = HINTS[error.code];
  const path = error.path && !error.message.includes(error.path) ? ` (${error.path})` : '';
  return `${error.code}: ${error.message}${path}${hint ? ` ${hint}` : ''}`;
};

/** `asked` is how many characters were asked for, from `offset`. */
export const sayRead = ({ content, stat }: ReadValue, offset: number, asked: number): string => {
  const head = `${stat.path} · ${stat.size} bytes · revision ${stat.revision} by ${stat.actor} at ${stat.at}${stat.conflict ? ` · conflict: ${stat.conflict}` : ''}`;
  if (typeof content !== 'string') return `${head}\n[not text: ${content.length} bytes]`;
  const more = content.length === asked ? `\n[there may be more: read on with offset ${offset + asked}]` : '';
  return `${head}\n\n${content}${more}`;
};

const isHistory = (entries: (Stat | Revision)[]): entries is Revision[] =>
  entries[0] !== undefined && 'op' in entries[0];

export const sayList = ({ entries, cursor }: ListValue | HistoryValue): string => {
  const rows = isHistory(entries)
    ? entries.map((row) => `${row.id}  ${row.at}  ${row.actor}  ${row.op}  ${row.message}`)
    : entries.map((row) =>
        row.kind === 'dir' ? `${row.path}/` : `${row.path}  ${row.size} bytes  ${row.at}  ${row.actor}`,
      );
  const all = cap(rows.join('\n'), 'List a folder further down, or give a limit and a cursor.');
  return `${all || '(empty)'}${cursor === undefined ? '' : `\n[more: go on with cursor ${JSON.stringify(cursor)}]`}`;
};

export const sayHits = ({ hits, total, cut, looked }: Values['search']): string => {
  const rest = cut ? `\n[only the newest ${looked} former versions were looked at]` : '';
  if (hits.length === 0) return `Nothing found.${rest}`;
  const rows = hits.map((hit) => {
    const then = hit.past ? ` (as of ${hit.revision}, ${hit.actor}, ${hit.at})` : '';
    return `${hit.path}:${hit.line}:${then} ${hit.snippet.replaceAll('\n', ' ')}`;
  });
  return cap(
    `${rows.join('\n')}${total > hits.length ? `\n[${total} in all]` : ''}${rest}`,
    'Narrow the search with under, or a longer query.',
  );
};

/** A run that was waited for: its words, or why it failed. */
const sayEnded = (result: object): string => {
  const { text, error } = result as Partial<Ended>;
  return [error && `${error.code}: ${error.message}`, text].filter(Boolean).join('\n') || JSON.stringify(result);
};

export const sayFire = ({ state, run, result }: FireValue): string => {
  const words = result !== null && typeof result === 'object' ? sayEnded(result) : result;
  const answer = words === undefined ? '' : `\n${typeof words === 'string' ? words : JSON.stringify(words)}`;
  return cap(`${state}${run ? `, run ${run}` : ''}${answer}`, "The rest is in the run's record under /system/runs.");
};

export const sayBash = (ended: BashEnded): string => {
  const parts = [
    ended.stdout,
    ended.stderr === '' ? '' : `[stderr]\n${ended.stderr}`,
    `[exit ${ended.code}${ended.revisions.length > 0 ? `, ${ended.revisions.length} revisions` : ''}, in ${ended.cwd}]`,
  ];
  const [stdout, ...rest] = parts.filter((part) => part !== '');
  return [
    cap(stdout ?? '', 'Use head, tail, sed -n or grep to see the rest.'),
    ...rest.map((part) => cap(part, 'Cut.', 8_000)),
  ].join('\n');
};
