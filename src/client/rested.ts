/** What can wait until the first screen stands: it must not be fetched before the cockpit can be used. */

const FIRST_SCREEN_MS = 3_000;
const REST_MS = 1_000;

/** Once the first screen stands; at once ever after. */
export const rested = (): Promise<unknown> =>
  performance.now() > FIRST_SCREEN_MS ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, REST_MS));
