/**
 * Reading what a server answered, within limits: the text as far as it may go, with no secret in it. What is longer is cut
 * and says so; at the cut, as much more is dropped as half a secret could be.
 */
import type { Scrub } from './scrub.ts';

export const readAnswer = async (response: Response, bytes: number, scrub: Scrub): Promise<string> => {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return scrub.text(text + decoder.decode());
    const room = bytes - read;
    read += value.length;
    text += decoder.decode(value.subarray(0, Math.max(0, room)), { stream: true });
    if (read > bytes) break;
  }
  await reader.cancel().catch(() => undefined);
  const clean = scrub.text(text);
  return `${clean.slice(0, Math.max(0, clean.length - scrub.longest))}\n[The answer went on; it is cut at ${bytes} bytes.]`;
};
