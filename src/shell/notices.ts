/**
 * Notices to the operator: what the kernel appends to the day's narrative while this page is open. Each is told once,
 * and stays until it is dismissed; the narrative keeps it. Lines from before the page was opened are not told again.
 */
import { onCleanup } from 'solid-js';
import { narrativeFile, parseNarrativeLine } from '../../kernel/protocol/formats/narrative.ts';
import { dayOf, NARRATIVE } from '../../kernel/protocol/formats/records.ts';
import type { Client } from '../client/client.ts';

export type Notice = { title: string; body: string; path: string };

export const noticesIn = (path: string, lines: readonly string[]): Notice[] =>
  lines.flatMap((line) => {
    const found = parseNarrativeLine(line);
    return found?.kind === 'notice' ? [{ title: found.title, body: found.body ?? '', path }] : [];
  });

export const listenForNotices = (client: Client, tell: (notice: Notice) => void): void => {
  const told = new Map<string, number>();
  const today = (): string => narrativeFile(dayOf(Date.now()));

  const linesOf = async (path: string): Promise<string[]> => {
    const read = await client.stub.read(path, { as: 'text' });
    return read.ok && typeof read.value.content === 'string' ? read.value.content.trimEnd().split('\n') : [];
  };
  // One at a time: two quick notices must not both be counted from the same place.
  let turn: Promise<void> = Promise.resolve();
  const look = (path: string, quietly: boolean): void => {
    turn = turn.then(async () => {
      const lines = await linesOf(path);
      const from = told.get(path) ?? 0;
      told.set(path, lines.length);
      if (!quietly) noticesIn(path, lines.slice(from)).forEach(tell);
    });
  };

  onCleanup(
    client.watch(`${NARRATIVE}/*.md`, (event) => {
      // After a hand-over the watch stands again: what came meanwhile is told, what was there at first is not.
      if (event === 'placed') look(today(), !told.has(today()));
      else look(event.path, false);
    }),
  );
};
