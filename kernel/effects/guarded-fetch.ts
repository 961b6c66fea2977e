/**
 * The fetch that a library in this room is given: one origin, no redirects, no cookies, nothing kept, a limit on what is
 * read. It throws in words; whatever it lets through was going to the place that the gate has checked.
 */
import type { EffectsOptions } from './carry.ts';

const MORE = 'the answer is longer than may be read';

const limited = (bytes: number): TransformStream<Uint8Array, Uint8Array> => {
  let read = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      read += chunk.length;
      if (read > bytes) controller.error(new Error(MORE));
      else controller.enqueue(chunk);
    },
  });
};

export const guardedFetch =
  ({ fetch, limits }: EffectsOptions, origin: string, secret: string) =>
  async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input);
    if (url.origin !== origin) throw new Error(`it asked for ${url.origin}, which is another place than ${origin}`);
    const headers = new Headers(init.headers);
    if (secret !== '') headers.set('authorization', `Bearer ${secret}`);
    const response = await fetch(url.href, {
      ...init,
      headers,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
      throw new Error('it answered with a redirect, and redirects are not followed');
    if (!response.body) return response;
    const { status, statusText, headers: answered } = response;
    return new Response(response.body.pipeThrough(limited(limits.bytes)), { status, statusText, headers: answered });
  };
