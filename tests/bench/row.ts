// What a row of the table is. One file per row holds both halves of a measurement: `tasks` run in the browser's worker,
// `drive` runs in Node, opens browsers, asks for tasks and says what came out. A task's clock never leaves the worker.
import type { Bench } from './drive/bench.ts';
import type { Session } from './drive/session.ts';

/** What is to be reached. A promise is one the design made; a guide is a number that a prototype showed to be possible. */
export type Target = {
  kind: 'promise' | 'guide';
  direction: 'at least' | 'at most';
  reach: number;
  aim?: number;
  /** Files in the workspace at which it holds; at other sizes the row is shown and not judged. */
  files?: number;
};

/** One line of the table. Strings are for reading; `value` is what the target is held against. */
export type Line = {
  what: string;
  ours: string;
  against: string;
  value?: number;
  unit?: '×' | 'ms' | 'MB';
  /** Least and greatest of the rounds. */
  spread?: [least: number, greatest: number];
  target?: Target;
  /** Files in the workspace when it was measured. */
  files?: number;
  note?: string;
};

export type Tasks = Record<string, (args: never) => Promise<unknown>>;

/** Runs a task of this row in the session's worker. */
export type Ask<T extends Tasks> = <K extends keyof T & string>(
  session: Session,
  task: K,
  ...args: Parameters<T[K]>
) => Promise<Awaited<ReturnType<T[K]>>>;

export type Row = { name: string; title: string; tasks: Tasks; drive: (bench: Bench) => Promise<Line[]> };

type Definition<T extends Tasks> = {
  name: string;
  title: string;
  tasks: T;
  drive: (bench: Bench, ask: Ask<T>) => Promise<Line[]>;
};

export const row = <T extends Tasks>({ name, title, tasks, drive }: Definition<T>): Row => ({
  name,
  title,
  tasks,
  drive: (bench) => drive(bench, (session, task, ...args) => session.run(name, task, args[0]) as Promise<never>),
});
