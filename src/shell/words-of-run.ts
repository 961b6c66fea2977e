/** What a run did, in words for a foot line: files read and changed, commands, and what it cost. Pure. */
import type { RunRecord } from '../../kernel/protocol/formats/records.ts';
import { money, plural } from '../ui/words.ts';

export const whatItDid = (records: readonly RunRecord[]): string[] => {
  let read = 0;
  let lines = 0;
  let revisions = 0;
  for (const record of records) {
    if (record.t !== 'tool' || !record.ok) continue;
    if (record.name === 'read') read += 1;
    if (record.name === 'bash') lines += 1;
    revisions += record.revisions?.length ?? 0;
  }
  return [
    ...(read > 0 ? [`${plural(read, 'file')} read`] : []),
    ...(lines > 0 ? [plural(lines, 'bash line')] : []),
    ...(revisions > 0 ? [plural(revisions, 'change')] : []),
  ];
};

/** "$0.03"; nothing for a recording, which costs nothing, and nothing when the price is not known. */
export const whatItCost = (usd: number | undefined): string | undefined => (usd === undefined ? undefined : money(usd));
