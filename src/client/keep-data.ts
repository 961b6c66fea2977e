/**
 * Ask the browser to keep this workspace. Only a page may ask, a worker may not, so the page asks first; the kernel's
 * own call then records and answers what holds now.
 */
import type { Client } from './client.ts';

/** True when the browser has agreed not to clear the workspace by itself. */
export const keepData = async (client: Client): Promise<boolean> => {
  const agreed = await Promise.resolve(navigator.storage?.persist?.()).catch(() => false);
  const answered = await client.call('persist', {});
  return agreed === true || (answered.ok && answered.value.persisted);
};
