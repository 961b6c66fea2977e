// What arrives from another device. The kernel cannot take foreign entries yet, so there is nothing to measure; the row
// stands in the table so that nobody takes its silence for a pass.
import { row } from '../row.ts';

export const mergeRow = row({
  name: 'merge',
  title: 'Merging entries of another device',
  tasks: {},
  drive: async () => [
    {
      what: 'verified durable merge of 10,000 foreign entries',
      ours: 'not built yet',
      against: 'raw put of the same bytes in one transaction',
      target: { kind: 'promise', direction: 'at least', reach: 0.6, aim: 1 },
    },
    {
      what: 'merge of 10,000 entries with 500 directory moves against 2,000 local moves',
      ours: 'not built yet',
      against: '–',
    },
  ],
});
