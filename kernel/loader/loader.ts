/**
 * The loader's port: plan → install → activate → deactivate. Holds the planned bytes between plan and install and
 * nothing else; it reaches files only through the handle of the call.
 */
import { ok } from '../protocol/errors.ts';
import type { LoaderPort } from '../protocol/ports.ts';
import { activate } from './activate.ts';
import { deactivate } from './deactivate.ts';
import { install } from './install.ts';
import { plan } from './plan.ts';
import { createStaging, type Staging } from './staging.ts';

export type LoaderOptions = {
  fetch?: typeof fetch;
  staging?: Staging;
  /** For fetching one bundle. */
  timeLimitMs?: number;
};

const TIME_LIMIT_MS = 60_000;
const MAX_SOURCES = 16;

export const createLoader = (options: LoaderOptions): LoaderPort => {
  const staging = options.staging ?? createStaging();
  const sources = new Map<string, string>();
  return {
    plan: async (sys, source) => {
      const planned = await plan(sys, source, {
        fetch: options.fetch ?? fetch.bind(globalThis),
        timeLimitMs: options.timeLimitMs ?? TIME_LIMIT_MS,
        signal: sys.signal,
      });
      if (!planned.ok) return planned;
      const { digest } = planned.value.plan;
      await staging.put(digest, planned.value.bytes);
      sources.set(digest, planned.value.plan.source);
      if (sources.size > MAX_SOURCES) sources.delete(sources.keys().next().value ?? '');
      return ok(planned.value.plan);
    },
    install: async (sys, digest) => {
      const bytes = await staging.get(digest);
      return install(
        sys,
        digest,
        bytes && { bytes, source: sources.get(digest) ?? 'planned before this kernel started' },
      );
    },
    activate,
    deactivate,
  };
};
