/** The last turns of earlier visits, read back from the agent's run files: they are over, so nothing about them changes. */
import { createMemo, type Accessor } from 'solid-js';
import { useClient } from '../client/context.ts';
import { followRun } from '../client/follow.ts';
import { createRuns } from '../client/runs.ts';
import type { MakeTurn } from './ask.tsx';
import type { Turn } from './order.ts';

const REMEMBERED = 6;

/** `onLatest`: the newest that got an answer, which the next order continues. */
export const createPast = (
  agent: string,
  before: string,
  turnOf: MakeTurn,
  onLatest: (path: string) => void,
): Accessor<readonly Turn[]> => {
  const client = useClient();
  const heads = createRuns(
    REMEMBERED,
    (head) => head.start.agent === agent && head.start.at < before && head.start.prompt !== undefined,
  );
  const known = new Map<string, Turn>();
  return createMemo(() => {
    const found = heads.value() ?? [];
    const [newest] = found.filter((head) => head.end?.state === 'done');
    if (newest) onLatest(newest.path);
    return found.toReversed().map(({ path, start }) => {
      let turn = known.get(start.id);
      if (!turn) {
        const followed = followRun(client, start.id, path);
        turn = turnOf(start.id, Date.parse(start.at), start.prompt ?? start.title, followed.run);
        known.set(start.id, turn);
      }
      return turn;
    });
  });
};
