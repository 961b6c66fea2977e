/**
 * /proc/ledger.csv: the ledger of all months and devices as one table, a row for each model call, oldest first. Amounts
 * are exact. `cat /proc/ledger.csv` is the export.
 */
import { LEDGER, parseLedger, placeOf, type Reserve, type Settle } from '../protocol/formats/ledger.ts';
import type { Kernel } from './kernel.ts';

const COLUMNS =
  'at,id,device,run,actor,job,program,model,state,reserved_usd,usd,input,output,cache_write,cache_read,note';

/** A spreadsheet takes a cell that begins so for a formula. */
const cell = (value: string | number | undefined): string => {
  const text = String(value ?? '');
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

/** Nine decimals, of whole numbers: no digit is lost. */
const exact = (nano: number): string => `${Math.floor(nano / 1e9)}.${String(nano % 1e9).padStart(9, '0')}`;

const rowOf = (device: string, held: Reserve, settled: Settle | undefined): string => {
  const { usage } = settled ?? {};
  return [
    held.at,
    held.id,
    device,
    held.run,
    held.actor,
    held.job,
    held.program,
    held.model,
    settled?.how ?? 'open',
    exact(held.nano),
    settled && exact(settled.nano),
    usage?.input,
    usage?.output,
    usage?.cacheWrite,
    usage?.cacheRead,
    settled?.words,
  ]
    .map(cell)
    .join(',');
};

export const ledgerCsv = async (kernel: Kernel): Promise<string> => {
  await kernel.fs.whole();
  const rows: { at: string; row: string }[] = [];
  for (const { path } of kernel.fs.files(LEDGER)) {
    const place = placeOf(path);
    const read = await kernel.fs.read(path, { as: 'text' });
    if (!place || !read.ok) continue;
    const lines = parseLedger(String(read.value.content));
    const settled = new Map(lines.flatMap((line) => (line.t === 'settle' ? [[line.id, line]] : [])));
    for (const line of lines)
      if (line.t === 'reserve') rows.push({ at: line.at, row: rowOf(place.device, line, settled.get(line.id)) });
  }
  rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return [COLUMNS, ...rows.map(({ row }) => row), ''].join('\n');
};
