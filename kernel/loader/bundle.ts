/**
 * What a bundle comes to once it is read: everything `plan` shows and `activate` needs, as plain data.
 * Nothing in it is authority: powers are what the program asks for.
 */
import type { Job } from '../protocol/formats/job.ts';
import type { Plugin } from '../protocol/formats/plugin.ts';
import type { ProgramManifest } from '../protocol/formats/program.ts';
import type { Rehearsal } from '../protocol/formats/rehearsal.ts';
import type { Role } from '../protocol/formats/role.ts';
import type { SurfaceFile } from '../protocol/formats/surfaces.ts';
import type { Path } from '../protocol/paths.ts';
import type { Plan } from '../protocol/plan.ts';

/** A file the program brings into the workspace, as it will stand there; `sha256` is of those bytes. */
export type Fork = { path: Path; content: string | Uint8Array; sha256: string };

export type Bundle = {
  plugin: Plugin;
  title: string;
  author: string;
  /** Absent in a plain Agent Plugin, and when program.yaml cannot be used (a warning then says why). */
  program?: ProgramManifest;
  powers: Plan['powers'];
  files: Plan['files'];
  roles: Role[];
  jobs: Job[];
  surfaces: SurfaceFile['surfaces'];
  skills: string[];
  mcpServers: { name: string; url: string }[];
  rehearsals: { file: string; rehearsal: Rehearsal }[];
  forks: Fork[];
  warnings: string[];
};
