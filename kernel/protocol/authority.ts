/** Which files decide what agents may do: policy holds agents to it, and the page says it before it is asked. Pure. */
import { matcher } from './glob.ts';

/** Files that decide what agents may do or when they run. No grant reaches them: an agent may only propose them. */
export const isAuthority = matcher([
  '/workspace/agents',
  // An agent's folder itself: to move one there, or away, is to make or end an agent.
  '/workspace/agents/*',
  '/workspace/agents/*/AGENT.md',
  '/workspace/jobs/**',
  '/workspace/settings/**',
  '/workspace/surfaces/**',
]);
