// The rows, in the order of the printed table. A new row is one file and one line here.
// What fills profiles is reached the same way and is no row of the table.
import type { Row } from '../row.ts';
import { bulkRow } from './bulk.ts';
import { coldRow } from './cold.ts';
import { concurrentRow } from './concurrent.ts';
import { editRow } from './edit.ts';
import { heapRow } from './heap.ts';
import { largeRow } from './large.ts';
import { mergeRow } from './merge.ts';
import { moveRow } from './move.ts';
import { peersRow } from './peers.ts';
import { revisionRow } from './revision.ts';
import { searchRow } from './search.ts';
import { seedRow } from './seed.ts';
import { writeRow } from './write.ts';

export const ROWS: readonly Row[] = [
  writeRow,
  concurrentRow,
  bulkRow,
  editRow,
  coldRow,
  heapRow,
  revisionRow,
  searchRow,
  peersRow,
  largeRow,
  moveRow,
  mergeRow,
];

export const IN_WORKER: readonly Row[] = [seedRow, ...ROWS];
