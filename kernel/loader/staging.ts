/**
 * Planned bundles that wait for a decision, by digest, in memory. Bounded: the oldest plan gives way, and installing it
 * then says to plan again. Nothing here is lasting state.
 */
export type Staging = {
  put: (digest: string, bytes: Uint8Array) => void | Promise<void>;
  get: (digest: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
};

const MAX_PLANS = 4;
const MAX_BYTES = 64 * 1024 * 1024;

export const createStaging = (): Staging => {
  const held = new Map<string, Uint8Array>();
  const size = (): number => [...held.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    put: (digest, bytes) => {
      held.delete(digest);
      held.set(digest, bytes.slice());
      while (held.size > MAX_PLANS || size() > MAX_BYTES) held.delete(held.keys().next().value ?? '');
    },
    get: (digest) => held.get(digest),
  };
};
