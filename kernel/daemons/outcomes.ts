/**
 * Outcomes: keeps /system/outcomes/<program> equal to what the program's sources say as they stand. Every round makes it
 * anew from the files, so what was missed while the kernel was down, or told twice, makes no difference.
 * Who wrote the lines of a row vouches for it; where several did, the weakest.
 */
import { actorKind, type Actor } from '../protocol/actor.ts';
import { hashHex } from '../protocol/bytes.ts';
import { must } from '../protocol/errors.ts';
import type { Change, Stat } from '../protocol/files.ts';
import {
  outcomeFile,
  outcomeSummaryFile,
  parseOutcomes,
  type Attestation,
  type FoldSummary,
  type Outcome,
  type OutcomeFold,
  type OutcomeSummary,
} from '../protocol/formats/outcomes.ts';
import { parseProgram } from '../protocol/formats/program.ts';
import { dayOf, INSTALLED, OUTCOMES, PROPOSALS, type InstalledProgram } from '../protocol/formats/records.ts';
import { matcher, nameOf, parsePath, type Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import type { BlameRun } from '../protocol/syscalls.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { byKey, foldSummary, outcomeOf, summaryOf, type AttestedRow } from './fold-outcomes.ts';
import { lineStarts, sourceRows } from './outcome-rows.ts';
import { leftByAgents } from './left-by-agents.ts';
import { createRounds } from './rounds.ts';
import { filesBelow, textOf } from './stats.ts';

export const QUIET_MS = 500;
/** Windows move with the day. */
const LOOK_MS = 3_600_000;
const MAX_SOURCE = 4 * 1024 * 1024;

/** What everybody can read must not say what one agent keeps to itself. */
const isPrivate = matcher('/workspace/agents/*/memory/**');

/** `unread`: it is there, and what it says is not known. */
type Read = { rows: AttestedRow[]; problems: string[]; unread?: true };
/** `broken`: what the program declares is not known. */
type Declared = { folds: Record<string, OutcomeFold>; broken?: string };

const attestationOf = (actor: Actor): Attestation => {
  const kind = actorKind(actor);
  return kind === 'operator' || kind === 'agent' ? kind : 'platform';
};

const weakest = (all: readonly Attestation[]): Attestation =>
  all.includes('agent') || all.length === 0 ? 'agent' : all.includes('operator') ? 'operator' : 'platform';

/** The revision a program shipped the file with, where it did: what stood there before anything was done is its word. */
const shippedAs = async (sys: Sys, { path, attrs }: Stat): Promise<string | undefined> => {
  if (attrs['fork'] === undefined) return undefined;
  const { entries } = must(await sys.list(path, { history: true, limit: 10_000 }));
  return entries.find(({ op }) => op === 'create')?.id;
};

const readSource = async (sys: Sys, stat: Stat): Promise<Read> => {
  const { path, size, as } = stat;
  if (as === 'blob' || size > MAX_SOURCE)
    return { rows: [], problems: [`${path}:1: is no text of at most 4 MB, so it was not read.`] };
  const file = await textOf(sys, path);
  const blame = await sys.blame(path);
  if (!file || !blame.ok) return { rows: [], problems: [`${path}:1: cannot be read.`], unread: true };
  const { text } = file;
  const starts = lineStarts(text);
  const { rows, problems } = sourceRows(path, text);
  /** Who wrote these lines, the first and the last one included; nobody where there are none. */
  const writersOf = (first: number, last: number): BlameRun[] => {
    const from = starts[first - 1] ?? text.length;
    const to = (starts[last] ?? text.length + 1) - 1;
    return blame.value.runs.filter((run) => run.from < to && run.to > from);
  };
  const left = await leftByAgents(sys, path, text);
  const isLeft = (first: number, last: number): boolean =>
    left.size > 0 &&
    text
      .slice(starts[first - 1], starts[last])
      .split('\n')
      .some((line) => left.has(line.trimEnd()));
  const shipped = await shippedAs(sys, stat);
  const vouches = ({ actor, revision }: BlameRun): Attestation =>
    revision === shipped ? 'agent' : attestationOf(actor as Actor);
  return {
    rows: rows.map((row) => {
      const rowsBy = writersOf(row.from, row.to).map(vouches);
      // Who names the columns says what the cells mean, whoever shipped them.
      const namedBy = writersOf(1, row.head).map(({ actor }) => attestationOf(actor as Actor));
      const cut = isLeft(row.from, row.to) || (row.head > 0 && isLeft(1, row.head));
      return { ...row, attestation: weakest(cut || rowsBy.length === 0 ? [] : [...rowsBy, ...namedBy]) };
    }),
    problems,
  };
};

/** What an active program declares; undefined when it declares nothing. */
const declaredBy = async (sys: Sys, program: string): Promise<Declared | undefined> => {
  const folder = `/programs/${program}`;
  const manifestFile = `${folder}/org.allod/program.yaml`;
  const manifest = await textOf(sys, manifestFile);
  const parsed = manifest && parseProgram(manifestFile, manifest.text);
  const named = parsed?.ok ? parsed.value.value.outcomes : undefined;
  if (named === undefined) return undefined;
  const path = parsePath(`${folder}/${named}`);
  const found = path.ok ? await textOf(sys, path.value) : undefined;
  if (!path.ok || !found) return { folds: {}, broken: `${manifestFile}:1: names ${named}, which there is not.` };
  const checked = parseOutcomes(path.value, found.text);
  return checked.ok ? { folds: checked.value.value.outcomes } : { folds: {}, broken: checked.error.message };
};

const start = (sys: Sys, setTimer: Timer): (() => void) => {
  /** Texts and blame of sources, by the revision they were read at. */
  const kept = new Map<Path, { revision: string; read: Read }>();
  let sources: (path: Path) => boolean = () => false;

  const readKept = async (stat: Stat): Promise<Read> => {
    const known = kept.get(stat.path);
    if (known?.revision === stat.revision) return known.read;
    const read = await readSource(sys, stat);
    if (!read.unread) kept.set(stat.path, { revision: stat.revision, read });
    return read;
  };

  const reconcile = async (program: string, declared: Declared, files: readonly Stat[], proposals: Set<string>) => {
    const { folds, broken } = declared;
    const day = dayOf(sys.now());
    const problems = broken === undefined ? [] : [broken];
    let known = broken === undefined;
    const all: Outcome[] = [];
    const summaries: Record<string, FoldSummary> = {};
    for (const name of Object.keys(folds).sort()) {
      const fold = folds[name];
      if (!fold) continue;
      const found: Outcome[] = [];
      for (const stat of files.filter(({ path }) => matcher(fold.source)(path) && !isPrivate(path))) {
        const read = await readKept(stat);
        problems.push(...read.problems);
        if (read.unread) known = false;
        for (const row of read.rows) {
          const { outcome, problem } = outcomeOf(name, fold, stat.path, row, (id) => proposals.has(id));
          if (outcome) found.push(outcome);
          if (problem) problems.push(`${stat.path}:${row.from}: ${problem}`);
        }
      }
      const standing = byKey(found);
      summaries[name] = foldSummary(fold, standing, day);
      all.push(...standing);
    }
    const summary = summaryOf(program, day, summaries, all, problems);
    await put(program, all, summary, known);
  };

  /** One change set: the outcomes that differ, those that are gone (where all is known), and the summary. */
  const put = async (program: string, outcomes: readonly Outcome[], summary: OutcomeSummary, known: boolean) => {
    const there = new Map((await filesBelow(sys, `${OUTCOMES}/${program}`)).map((stat) => [stat.path, stat]));
    const wanted = new Map(
      outcomes.map((outcome) => [outcomeFile(program, outcome.key), JSON.stringify(outcome, null, 2)]),
    );
    wanted.set(outcomeSummaryFile(program), JSON.stringify(summary, null, 2));
    const changes: Change[] = [];
    for (const [path, content] of wanted) {
      if (there.get(path)?.hash === hashHex(`${content}\n`)) continue;
      changes.push({ op: 'put', path, content: `${content}\n`, base: there.get(path)?.revision ?? null });
    }
    for (const path of known ? there.keys() : []) if (!wanted.has(path)) changes.push({ op: 'remove', path });
    if (changes.length === 0) return;
    const said = `${outcomes.length} outcomes${summary.problemCount > 0 ? `, ${summary.problemCount} problems` : ''}`;
    must(await sys.write(changes, { message: `Folds the outcomes of ${program}: ${said}` }));
  };

  const activePrograms = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const { path } of await filesBelow(sys, INSTALLED)) {
      const record = await textOf(sys, path);
      if (record && (JSON.parse(record.text) as InstalledProgram).state === 'active')
        names.push(nameOf(path).replace(/\.json$/, ''));
    }
    return names;
  };

  const rounds = createRounds(
    async () => {
      const declared = new Map<string, Declared>();
      for (const program of await activePrograms()) {
        const one = await declaredBy(sys, program);
        if (one) declared.set(program, one);
      }
      const globs = [...declared.values()].flatMap(({ folds }) => Object.values(folds).map(({ source }) => source));
      sources = globs.length > 0 ? matcher(globs) : () => false;
      if (declared.size > 0) {
        const files = (await filesBelow(sys, '/workspace')).filter(({ path }) => sources(path));
        for (const path of kept.keys()) if (!files.some((stat) => stat.path === path)) kept.delete(path);
        const ids = (await filesBelow(sys, PROPOSALS)).map(({ path }) => nameOf(path).replace(/\.json$/, ''));
        for (const [program, one] of declared) await reconcile(program, one, files, new Set(ids));
      }
      rounds.wake(LOOK_MS);
    },
    setTimer,
    (cause) => console.error('Outcomes could not be folded.', cause),
  );
  const stop = sys.on(
    ['/workspace/**', '/programs/**', `${INSTALLED}/*`, `${PROPOSALS}/*`],
    ({ path, from, change }) => {
      if (change === 'live') return;
      const ours = path.startsWith('/workspace/') ? sources(path) || (from !== undefined && sources(from)) : true;
      if (ours) rounds.wake(QUIET_MS);
    },
  );
  rounds.wake(0);
  return () => {
    rounds.stop();
    stop();
  };
};

export const createOutcomes = (setTimer: Timer = realTimer): Daemon => ({
  name: 'outcomes',
  writes: [`${OUTCOMES}/**`],
  start: (sys) => start(sys, setTimer),
});
