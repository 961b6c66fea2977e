/**
 * The console API: `allod` in the browser's console is the operator's stub, the very one the page uses. Every call
 * passes the gate, is recorded as the operator's, and answers { ok: true, value } or { ok: false, error }.
 *
 *   await allod.read('/workspace/AGENTS.md')
 *   await allod.list('/workspace', { depth: 2 })          await allod.list('/workspace/a.md', { history: true })
 *   await allod.search('price', { under: '/workspace/context' })
 *   await allod.write([{ op: 'append', path: '/workspace/a.md', content: 'more\n' }], { message: 'why' })
 *   await allod.propose({ changes: [...], rationale: 'why', reversibility: 'reversible' })
 *   await allod.fire('/workspace/jobs/brief.md')          await allod.fire({ kind: 'bash', script: 'ls' })
 *   await allod.blame('/workspace/a.md')
 *   await allod.call('kill', { run: 'all' })              any row of kernel/protocol/syscalls.ts by name
 */
import type { Stub } from '../../kernel/protocol/stub.ts';
import type { Client } from './client.ts';

declare global {
  // A property of globalThis can only be declared with var.
  var allod: Stub;
}

export const offerConsole = (client: Client): void => {
  globalThis.allod = client.stub;
};
