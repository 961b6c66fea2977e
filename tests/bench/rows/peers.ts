// The same attributed writes by others who keep files in a browser; each against ours in the same worker.
import { NOTHING } from '../measure/stock.ts';
import { paceText } from '../drive/text.ts';
import { openOurs } from '../contenders/ours.ts';
import { samples } from '../measure/corpus.ts';
import { duel, type Duel, type Side } from '../measure/duel.ts';
import { median, spread } from '../measure/numbers.ts';
import { row, type Line } from '../row.ts';

const BLOCK = 256;

type Peer = {
  title: string;
  /** Files in a block: fewer where one takes long. */
  size: number;
  open: () => Promise<Omit<Side, 'size'>>;
  /** How many times as fast ours is to be. */
  reach?: number;
  note?: string;
};

const PEERS = {
  automerge: {
    title: 'automerge-repo, IndexedDB',
    size: 32,
    open: async () => (await import('../contenders/automerge.ts')).openAutomerge(),
    reach: 8,
  },
  rxdb: {
    title: 'RxDB, Dexie storage',
    size: 64,
    open: async () => (await import('../contenders/rxdb.ts')).openRxdb(),
    reach: 5,
  },
  sqlite: {
    title: 'SQLite-wasm, OPFS SAH pool',
    size: BLOCK,
    open: async () => (await import('../contenders/sqlite.ts')).openSqlite(),
    reach: 1.3,
  },
  ydoc: {
    title: 'one Y.Doc, y-indexeddb',
    size: BLOCK,
    open: async () => (await import('../contenders/ydoc.ts')).openYdoc(),
    note: 'it merges its history away after 500 updates',
  },
} satisfies Record<string, Peer>;

type Name = keyof typeof PEERS;

const against = async ({ name, pairs }: { name: Name; pairs: number }): Promise<Duel> => {
  const peer = PEERS[name];
  const kernel = await openOurs();
  return duel({ ...kernel, size: BLOCK }, { ...(await peer.open()), size: peer.size }, pairs, (from, count) =>
    samples(from, count, '/workspace/written'),
  );
};

export const peersRow = row({
  name: 'peers',
  title: 'The same attributed writes by others',
  tasks: { against },
  drive: async (bench, ask) => {
    const lines: Line[] = [];
    for (const [name, peer] of Object.entries(PEERS) as [Name, Peer][]) {
      const pairs = bench.options.quick ? 4 : 8;
      const done = await bench.rounds(() =>
        bench.fresh(NOTHING, (session) => ask(session, 'against', { name, pairs })),
      );
      const ratios = done.map(({ ratio }) => ratio);
      lines.push({
        what: `awaited write against ${peer.title}`,
        ours: paceText(done.map(({ left }) => left)),
        against: paceText(done.map(({ right }) => right)),
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        ...(peer.reach ? { target: { kind: 'promise', direction: 'at least', reach: peer.reach } } : {}),
        ...(peer.note ? { note: peer.note } : {}),
      });
    }
    return lines;
  },
});
