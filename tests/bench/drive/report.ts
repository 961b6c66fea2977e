// The table: what was measured, what it was held against, what was to be reached and by how much it was or was not.
// Nothing here passes or fails: a run on a busy machine proves nothing either way.
import type { Line, Row, Target } from '../row.ts';
import type { Machine } from './machine.ts';
import { numberText } from './text.ts';

export type Measured = Line & { row: string; error?: string };
export type Report = {
  machine: Machine;
  quick: boolean;
  rounds: number;
  cachesDropped: boolean;
  seconds: number;
  load: { before: number; after: number };
  lines: Measured[];
};

const files = (count: number): string => `${count.toLocaleString('en')} files`;

export const targetText = (target: Target | undefined, unit = ''): string => {
  if (!target) return '';
  const sign = target.direction === 'at least' ? '≥' : '≤';
  const aim = target.aim === undefined ? '' : `, aim ${numberText(target.aim)}`;
  const at = target.files === undefined ? '' : ` at ${files(target.files)}`;
  return `${sign} ${numberText(target.reach)} ${unit}${aim}${at}${target.kind === 'guide' ? ' (guide)' : ''}`.replace(
    ' ,',
    ',',
  );
};

export const verdict = ({ target, value, files: measured, ours }: Line): string => {
  if (!target) return '';
  if (value === undefined || !Number.isFinite(value)) return ours;
  if (target.files !== undefined && measured !== target.files) return `judged at ${files(target.files)}`;
  const share = target.direction === 'at least' ? value / target.reach : target.reach / value;
  const aimed =
    target.aim !== undefined && (target.direction === 'at least' ? value >= target.aim : value <= target.aim);
  if (share >= 1) return aimed ? 'reached, the aim too' : 'reached';
  // Beyond half, per cent say less than how many times.
  return share >= 0.5
    ? `missed by ${Math.round((1 - share) * 100)} %`
    : `missed by a factor of ${numberText(1 / share)}`;
};

const valueText = ({ value, unit, spread }: Line): string => {
  if (value === undefined) return '';
  const range = spread ? ` (${numberText(spread[0])} – ${numberText(spread[1])})` : '';
  return `${numberText(value)} ${unit ?? ''}${range}`;
};

const COLUMNS = ['what', 'ours', 'against', 'value (least – greatest)', 'to reach', ''] as const;

const cells = (line: Measured): string[] =>
  line.error
    ? [line.what, 'could not be measured', '', '', targetText(line.target, line.unit), line.error.split('\n')[0] ?? '']
    : [
        line.what,
        line.ours,
        line.against,
        valueText(line),
        targetText(line.target, line.unit),
        [verdict(line), line.note].filter(Boolean).join('; '),
      ];

export const machineText = ({ machine, quick, rounds, cachesDropped, seconds, load }: Report): string[] => [
  `${machine.date}, ${quick ? '--quick' : 'full run'}, ${rounds} rounds, ${Math.round(seconds / 60)} minutes, source ${machine.source}`,
  `Chromium ${machine.chromium}, Node ${machine.node}, ${machine.system}, ${machine.processors}, ${machine.memoryGb} GB, profiles ${machine.disk}`,
  `Load of the minute before it ${load.before}, of its last minute ${load.after}. Cold runs: a fresh browser process, ${cachesDropped ? 'page cache dropped' : 'page cache NOT dropped (that takes root)'}.`,
];

/** For a terminal: one block a line of the table, because six columns do not fit. */
export const printed = (line: Measured): string => {
  const [what, ours, against, value, target, end] = cells(line);
  const held = [value, target && `to reach ${target}`, end].filter(Boolean).join('  |  ');
  return `  ${what}\n      ours ${ours}   against ${against}\n      ${held}`;
};

export const markdown = (report: Report, rows: readonly Row[]): string => {
  const out = ['# Results of `npm run bench`', '', ...machineText(report).map((text) => `- ${text}`), ''];
  out.push(
    'Written by the harness; a new run replaces it. Times are medians of the rounds, p50 / p95 where two stand together.',
    'A value with × is ours divided by, or as a share of, what stands beside it, measured in the same run. *Guide*: shown possible',
    'by a prototype, not promised.',
    '',
  );
  for (const { name, title } of rows) {
    const lines = report.lines.filter((line) => line.row === name);
    if (lines.length === 0) continue;
    out.push(`## ${title} (\`${name}\`)`, '', `| ${COLUMNS.join(' | ')} |`, `|${' --- |'.repeat(COLUMNS.length)}`);
    for (const line of lines)
      out.push(
        `| ${cells(line)
          .map((cell) => cell.replaceAll('|', '\\|'))
          .join(' | ')} |`,
      );
    out.push('');
  }
  return out.join('\n');
};
