/**
 * The first entries of a new workspace: house rules, the shell's agent, a few folders, the operator's policy.
 * Deterministic like a fork, so that two devices that later meet have one copy of each.
 */
import { must } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { POLICY, PRICES } from '../protocol/capability.ts';
import type { Fs } from '../fs/fs.ts';

const HOUSE_RULES = `# House rules

Every agent reads this first. Write here what must always hold.

- Say where a fact comes from: name the file and, where you can, the line.
- Keep what others wrote; change only what your task needs.
- When you may not do something, propose it.
`;

const SHELL_ROLE = `---
name: shell
description: Answers the operator in the shell and carries out plain orders
tools: [read, list, search, write, propose, fire, bash]
write: [/workspace/**]
autonomy: bounded
---
You are the operator's hand in this workspace. Answer briefly and exactly, in the language you were asked in.

- Look before you answer: read or search the files a question is about, and name them by their path.
- When you are told to change something, change that and nothing else, and say which files changed.
- Roles, jobs and policy decide what agents may do. You may not write them: propose the change.
- When a standing agent or job fits the order better than you do, fire it and say so.
`;

const POLICY_TEXT = `# What agents may do alone. Yours only: no agent or program can change this file.
autonomy: bounded        # manual | bounded | autonomous; a role may only be stricter
ceiling: { usd: 0 }      # bounded: effects act alone up to and including this value
never_auto: []           # always ask, for example: "path /workspace/mandate.md"
paused: false            # the one global stop
# budget: { usd: 30, per: month }   # what models may cost, all runs together; per: day | week | month
grants:
  "agent:shell": { write: [/workspace/**] }
egress: []
models: {}               # set in Settings: default: { provider, base_url, model, secret }
`;

const PRICE_LIST = `# What models cost, in USD for a million tokens. Yours only: no agent or program can change this file.
# Copy the prices from your provider's page, with the day you looked. A model without a price here, or beside it in
# /system/policy.yaml (models.<name>.price, which comes first), is not asked. A model that costs nothing says 0.
#
# models:
#   name-of-a-model:
#     input: 0             # tokens in
#     output: 0            # tokens out
#     cache_write: 0       # written to the cache for 5 minutes; left out: 1.25 times input
#     cache_write_1h: 0    # written to the cache for an hour; left out: twice input
#     cache_read: 0        # read from the cache; left out: as input
#     date: 2026-01-31     # when you looked
#     source: https://example.com/prices
models: {}
`;

export const GENESIS: readonly Change[] = [
  { op: 'put', path: '/workspace/AGENTS.md', content: HOUSE_RULES, base: null, attrs: { fork: 'genesis-1' } },
  {
    op: 'put',
    path: '/workspace/agents/shell/AGENT.md',
    content: SHELL_ROLE,
    base: null,
    attrs: { fork: 'genesis-1' },
  },
  { op: 'mkdir', path: '/workspace/context' },
  { op: 'mkdir', path: '/workspace/inbox' },
  { op: 'mkdir', path: '/workspace/jobs' },
  { op: 'put', path: PRICES, content: PRICE_LIST, base: null, attrs: { fork: 'genesis-1' } },
  { op: 'mkdir', path: '/programs' },
  { op: 'put', path: POLICY, content: POLICY_TEXT, base: null, attrs: { fork: 'genesis-1' } },
];

export const genesis = async (fs: Fs): Promise<void> => {
  if (fs.stat('/workspace')) return;
  must(await fs.write(GENESIS, { actor: 'daemon:setup', message: 'Made this workspace', run: '', cause: '' }));
};
