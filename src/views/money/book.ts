/**
 * What the Money room shows: the budget as the kernel counts it, and this month's calls from the ledger's files. Read
 * together, so that both are of the same moment or nearly; loaded again whenever a call is reserved or settled.
 */
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import { LEDGER, monthOf, placeOf } from '../../../kernel/protocol/formats/ledger.ts';
import { readBudget, type Budget } from '../../client/budget.ts';
import { useClient } from '../../client/context.ts';
import { createLive, listAll, type Live } from '../../client/live.ts';
import { callsSince, type Call } from './month.ts';

export type Book = { budget: Budget; calls: Call[] };

export const createBook = (): Live<Book> => {
  const client = useClient();
  /** A past file does not change, so one that did not is not read again. */
  const known = new Map<string, { revision: string; text: string }>();

  const textOf = async (path: string, revision: string): Promise<Result<string>> => {
    const before = known.get(path);
    if (before?.revision === revision) return ok(before.text);
    const read = await client.stub.read(path, { as: 'text' });
    if (!read.ok) return read;
    const text = String(read.value.content);
    known.set(path, { revision: read.value.stat.revision, text });
    return ok(text);
  };

  return createLive(
    () => `${LEDGER}/**`,
    async (): Promise<Result<Book>> => {
      const [budget, listed] = await Promise.all([readBudget(client), listAll(client, LEDGER, 2)]);
      if (!budget.ok) return budget;
      if (!listed.ok) return listed;
      const { from } = budget.value.month;
      const files: { device: string; text: string }[] = [];
      for (const { path, revision } of listed.value) {
        const place = placeOf(path);
        // Files are by the month in UTC; the operator's month may begin in the one before.
        if (!place || place.month < monthOf(from)) continue;
        const text = await textOf(path, revision);
        if (!text.ok) return text;
        files.push({ device: place.device, text: text.value });
      }
      return ok({ budget: budget.value, calls: callsSince(files, Date.parse(from)) });
    },
  );
};
