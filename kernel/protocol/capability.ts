/**
 * Capability: a right over a path pattern. Grants come from policy; a process may hold further ones that the kernel
 * minted for a call the operator consented to (activation forks files; nothing else may write under /programs).
 */
import type { Path } from './paths.ts';

export type Capability = { right: 'write'; paths: readonly string[] };

/** Where ordinary `write` may go at all. The rest of the tree is the kernel's. */
export const WORKSPACE: Path = '/workspace';
export const SYSTEM: Path = '/system';
export const PROGRAMS: Path = '/programs';
export const PROC: Path = '/proc';
export const POLICY: Path = '/system/policy.yaml';
/** What models cost. */
export const PRICES: Path = '/workspace/settings/prices.yaml';

/** From strictest to widest. */
export const AUTONOMY = ['manual', 'bounded', 'autonomous'] as const;
export type Autonomy = (typeof AUTONOMY)[number];

/** An agent's role: it can only narrow what policy grants. */
export const roleFile = (agent: string): Path => `/workspace/agents/${agent}/AGENT.md`;
