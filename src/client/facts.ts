/** What /proc says about this workspace as a whole: its kernel and its storage. */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import { useClient } from './context.ts';
import { createLive, fromJson, type Live } from './live.ts';

export type Facts = {
  version?: string;
  device?: string;
  /** Entries in the journal. */
  entries?: number;
  /** Bytes used of bytes granted, and whether the browser agreed to keep them. */
  usage?: number;
  quota?: number;
  persisted?: boolean;
};

const known = (content: string | Uint8Array): Record<string, unknown> => {
  const value = fromJson(content);
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
};

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Loaded again whenever the workspace changes. */
export const createFacts = (): Live<Facts> => {
  const client = useClient();
  return createLive(
    () => '/workspace/**',
    async (): Promise<Result<Facts>> => {
      const [kernel, storage] = await Promise.all([
        client.stub.read('/proc/kernel', { as: 'text' }),
        client.stub.read('/proc/storage', { as: 'text' }),
      ]);
      const k = kernel.ok ? known(kernel.value.content) : {};
      const s = storage.ok ? known(storage.value.content) : {};
      const facts = {
        version: text(k['version']),
        device: text(k['device']),
        entries: number(k['entries']),
        usage: number(s['usage']),
        quota: number(s['quota']),
        persisted: typeof s['persisted'] === 'boolean' ? s['persisted'] : undefined,
      };
      return ok(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts);
    },
  );
};
