/**
 * The browser as a host: wall clock, timers, the browser's storage manager, and the acting rooms, each loaded when it is
 * first used, so that none of them delays the cockpit.
 */
import type { AgentsPort, BashPort, EffectsPort, LoaderPort } from '../protocol/ports.ts';
import type { Storage } from '../syscalls/kernel.ts';
import type { Host } from './kernel.ts';
import { once } from './once.ts';

const storage: Storage = {
  // Only a page may ask; it has asked before this call, and this is the browser's answer.
  persist: () => navigator.storage.persisted(),
  state: async () => {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    return { usage, quota, persisted: await navigator.storage.persisted() };
  },
};

/** Daemons parse YAML: their parsers are not fetched while the page still fetches its first screen. */
const AFTER_FIRST_SCREEN_MS = 1_000;

/** What a host cannot do by itself, or does in its own way. */
export type HostParts = { bash: BashPort; daemonsAfterMs?: number };

export const browserHost = (workspace: string, parts: HostParts): Host => ({
  workspace,
  now: () => Date.now(),
  setTimer: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  storage,
  daemons: async () => {
    await new Promise((resolve) => setTimeout(resolve, parts.daemonsAfterMs ?? AFTER_FIRST_SCREEN_MS));
    return (await import('../daemons/table.ts')).DAEMONS;
  },
  ports: ({ secrets, notify }) => {
    const agents = once<AgentsPort>(async () =>
      (await import('../agents/agents.ts')).createAgents({ secrets: secrets.use, online: () => navigator.onLine }),
    );
    const effects = once<EffectsPort>(async () =>
      (await import('../effects/effects.ts')).createEffects({ notify, secrets: secrets.use }),
    );
    const loader = once<LoaderPort>(async () => (await import('../loader/loader.ts')).createLoader({}));
    return {
      secrets,
      bash: parts.bash,
      effects: { run: async (...call) => (await effects()).run(...call), online: () => navigator.onLine },
      agents: { run: async (sys, order) => (await agents()).run(sys, order) },
      loader: {
        plan: async (sys, source) => (await loader()).plan(sys, source),
        install: async (sys, digest) => (await loader()).install(sys, digest),
        activate: async (sys, name) => (await loader()).activate(sys, name),
        deactivate: async (sys, name) => (await loader()).deactivate(sys, name),
      },
    };
  },
});
