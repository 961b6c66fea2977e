/**
 * What the gate asks of the rooms that act (agents, bash, effects, loader). They get a `Sys` bound to the right actor
 * and process and nothing else; the composition root plugs them in, so no room reaches another directly.
 */
import type { BashEffect, Effect } from './effects.ts';
import type { Result, SysError } from './errors.ts';
import type { Job } from './formats/job.ts';
import type { InstalledProgram, Receipt, RunState, Usage } from './formats/records.ts';
import type { Rehearsal } from './formats/rehearsal.ts';
import type { Role } from './formats/role.ts';
import type { ApprovedTools, McpServer, ToolOffer } from './mcp.ts';
import type { Plan } from './plan.ts';
import type { RevisionId } from './entry.ts';
import type { Sys } from './sys.ts';

/** How a process ended. The process room writes it as the run's `end` record. */
export type Ended = {
  state: Exclude<RunState, 'running'>;
  text?: string;
  error?: SysError;
  usage: Usage;
  usd?: number;
};

export type AgentOrder = {
  role: Role;
  /** What this run is to do: the operator's words, or the job's body. */
  prompt: string;
  job?: Job;
  /** Today where the operator is, YYYY-MM-DD: the value of `{date}`. */
  date: string;
  /** An earlier run whose conversation this one continues: its run file. */
  after?: string;
  /** Present when the model is a recording. */
  rehearsal?: Rehearsal;
};

export type AgentsPort = {
  /** Resolves when the run is over; never rejects for anything a model, a network or a tool can do. */
  run: (sys: Sys, order: AgentOrder) => Promise<Ended>;
};

export type BashEnded = {
  stdout: string;
  stderr: string;
  /** 0 is success; 124 out of time, 130 killed. */
  code: number;
  /** Where the line left off, for the next line of the same shell. */
  cwd: string;
  env: Record<string, string>;
  revisions: RevisionId[];
};

/** `absent` says why this host runs no script: a job that is one stays due until another does. */
export type BashPort = {
  absent?: string;
  run: (sys: Sys, order: Omit<BashEffect, 'kind'>) => Promise<Result<BashEnded>>;
};

/** What the outside answered, in words; for http its status, for a download the file, of an MCP server its tools. */
export type Carried = {
  said: string;
  status?: number;
  file?: { name: string; bytes: Uint8Array };
  offer?: ToolOffer;
  /** For the gate to keep. */
  approved?: ApprovedTools;
};

/** The MCP server that an effect names, and what was approved of it. */
export type KnownServer = { server: McpServer; approved: ApprovedTools | undefined };

export type EffectsPort = {
  /**
   * Carry out one effect now. The gate has already decided that it may. An error whose `detail.unknown` is set was sent,
   * and its end is not known; one with `detail.changed` says that a tool is not what was approved.
   */
  run: (sys: Sys, effect: Effect, server?: KnownServer) => Promise<Result<Carried>>;
  /** Is there a network? When left out: yes. */
  online?: () => boolean;
};

export type LoaderPort = {
  plan: (sys: Sys, source: string | Uint8Array) => Promise<Result<Plan>>;
  install: (sys: Sys, digest: string) => Promise<Result<InstalledProgram>>;
  activate: (sys: Sys, name: string) => Promise<Result<Receipt>>;
  deactivate: (sys: Sys, name: string) => Promise<Result<Receipt>>;
};

/** Secrets leave only towards an origin they were stored for, and only inside the kernel. */
export type SecretsPort = {
  set: (name: string, value: string | null, origins: string[]) => Promise<Result<{ name: string }>>;
  list: () => Promise<{ name: string; origins: string[] }[]>;
  use: (name: string, origin: string) => Promise<Result<string>>;
};

export type Ports = {
  agents: AgentsPort;
  bash: BashPort;
  effects: EffectsPort;
  loader: LoaderPort;
  secrets: SecretsPort;
};
