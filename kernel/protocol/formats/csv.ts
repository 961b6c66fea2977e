/**
 * CSV as RFC 4180 has it: commas, double quotes, CRLF or LF, the first record is the header. Never throws: what does
 * not parse becomes a problem with its line, and the records around it stand. A bare quote inside an unquoted cell is
 * taken as written, as every spreadsheet does.
 */
export type CsvRecord = { line: number; cells: string[] };
export type CsvProblem = { line: number; message: string };

/** Every record, header included. Blank lines are no records; a line with `""` is one. */
export const parseCsv = (input: string): { records: CsvRecord[]; problems: CsvProblem[] } => {
  const text = input.startsWith('\uFEFF') ? input.slice(1) : input;
  const records: CsvRecord[] = [];
  const problems: CsvProblem[] = [];
  let line = 1;
  let at = 0;
  let record: CsvRecord = { line, cells: [] };
  let quotedAny = false;

  const quoted = (): string => {
    const opened = line;
    let cell = '';
    for (at++; ;) {
      const close = text.indexOf('"', at);
      const piece = text.slice(at, close === -1 ? text.length : close);
      cell += piece;
      line += piece.match(/\r\n|\n|\r/g)?.length ?? 0;
      if (close === -1) {
        problems.push({ line: opened, message: 'opens a quote that is never closed.' });
        at = text.length;
        return cell;
      }
      at = close + 1;
      if (text[at] !== '"') return cell;
      cell += '"';
      at++;
    }
  };

  const plain = (): string => {
    const from = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
    return text.slice(from, at);
  };

  const endRecord = (): void => {
    if (quotedAny || record.cells.length > 1 || record.cells[0] !== '') records.push(record);
    quotedAny = false;
  };

  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      quotedAny = true;
      cell = quoted();
      const rest = plain();
      if (rest !== '') problems.push({ line, message: `has "${rest.slice(0, 20)}" after a closing quote.` });
      cell += rest;
    } else {
      cell = plain();
    }
    record.cells.push(cell);
    if (text[at] === ',') {
      at++;
      // A comma at the very end opens one more, empty, cell.
      if (at === text.length) record.cells.push('');
      continue;
    }
    endRecord();
    if (at < text.length) {
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
      line++;
    }
    record = { line, cells: [] };
  }
  if (record.cells.length > 0) endRecord();
  return { records, problems };
};

/** Column names from the header: never empty, never twice. */
const names = (header: CsvRecord, problems: CsvProblem[]): string[] => {
  const seen = new Set<string>();
  return header.cells.map((raw, index) => {
    const wanted = raw.trim() === '' ? `column ${index + 1}` : raw.trim();
    let name = wanted;
    for (let n = 2; seen.has(name); n++) name = `${wanted} (${n})`;
    if (name !== wanted) problems.push({ line: header.line, message: `names the column "${wanted}" twice.` });
    seen.add(name);
    return name;
  });
};

/** Records as rows by column name, each with its line. */
export const csvRows = (
  text: string,
): { rows: { data: Record<string, string>; line: number }[]; problems: CsvProblem[] } => {
  const { records, problems } = parseCsv(text);
  const header = records[0];
  if (!header) return { rows: [], problems };
  const columns = names(header, problems);
  const rows = records.slice(1).map(({ line, cells }) => {
    if (cells.length !== columns.length) {
      problems.push({ line, message: `has ${cells.length} cells; the header has ${columns.length}.` });
    }
    return { line, data: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])) };
  });
  return { rows, problems };
};
