// The command line: --quick, --row NAME and --size N (may be repeated), --rounds N, --profile.

export type Options = {
  quick: boolean;
  /** Rows to run; none means all. */
  rows: string[];
  /** How often each measurement is repeated, each time in a fresh browser. */
  rounds: number;
  /** Files in the workspaces of the rows that grow; each has ten entries a file. */
  sizes: readonly number[];
  /** Write the rows that ran beside those of earlier runs. */
  add: boolean;
  /** Says where the time goes, instead of measuring it. */
  profile: boolean;
};

export const USAGE = `npm run bench -- [options]

  --quick      1,000 and 10,000 files only, three rounds: ten minutes or so (the whole takes far longer)
  --row NAME   only this row; may be given more than once. Prints, and leaves the result files as they are
  --size N     only workspaces of N files, for the rows that grow with them; may be given more than once
  --add        write what is measured into the result files beside what is there; each line says when it was measured
  --rounds N   repetitions, each in a fresh browser on a fresh profile (3; 5 without --quick)
  --profile    measure nothing; sample the worker in a write, a start and a read of a revision, and say where time goes
`;

export const parseOptions = (argv: readonly string[], names: readonly string[]): Options | string => {
  const rows: string[] = [];
  const chosen: number[] = [];
  let quick = false;
  let profile = false;
  let add = false;
  let rounds = 0;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '--quick') quick = true;
    else if (word === '--profile') profile = true;
    else if (word === '--add') add = true;
    else if (word === '--row') {
      const name = argv[++i] ?? '';
      if (!names.includes(name)) return `There is no row "${name}". Rows: ${names.join(', ')}.`;
      rows.push(name);
    } else if (word === '--size') {
      const size = Number(argv[++i]);
      if (!Number.isInteger(size) || size < 1_000) return '--size takes a whole number from 1000.';
      chosen.push(size);
    } else if (word === '--rounds') {
      rounds = Number(argv[++i]);
      if (!Number.isInteger(rounds) || rounds < 1) return '--rounds takes a whole number from 1.';
    } else return word === '--help' ? USAGE : `Unknown option ${word}.\n\n${USAGE}`;
  }
  const sizes = chosen.length > 0 ? chosen : quick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  return { quick, rows, profile, add, rounds: rounds || (quick ? 3 : 5), sizes };
};
