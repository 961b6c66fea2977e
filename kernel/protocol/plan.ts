/**
 * Plan: what installing a bundle would do, read from the bundle and verified, before anything changes.
 * The operator consents to `digest`; `install` accepts that digest and no other.
 */
import type { Path } from './paths.ts';

export type Plan = {
  name: string;
  title: string;
  version: string;
  description: string;
  author: string;
  /** Where it came from: a URL, or the name of a dropped file. */
  source: string;
  /** SHA-256 of the zip. */
  digest: string;
  bytes: number;
  signed: false | { publisher: string };
  files: { path: string; bytes: number; sha256: string }[];
  powers: { write: string[]; effects: string[]; spend?: { usd: number; per: string } };
  /** What it does not ask for, in plain words: the other half of consent. */
  notAsked: string[];
  agents: { name: string; description: string; autonomy: string; write: string[] }[];
  jobs: { slug: string; title: string; when: string; agent?: string }[];
  surfaces: { id: string; title: string; archetype: string }[];
  skills: string[];
  /** Files it brings, and those that already exist in the workspace with other content (yours are kept). */
  forks: Path[];
  conflicts: Path[];
  rehearsals: { file: string; title: string; job: Path; recorded: string; note: string }[];
  /** Read but skipped or odd, each with the reason. */
  warnings: string[];
  /** Set when this program is here already. */
  installed?: { version: string; digest: string; state: 'installed' | 'active' };
};
