/**
 * http: one request to one address. The gate has matched exactly this address, so a redirect is never followed: a browser
 * does not say where one leads before it has gone there, and it may lead off the list. A secret is put in here, at the
 * last moment, towards an origin it was stored for, and taken out of everything that comes back.
 * What was sent and got no whole answer has no known end (`detail.unknown`), unless it only looks.
 */
import { isHttp, type HttpEffect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parseAddress } from '../protocol/outside.ts';
import { readAnswer } from './answer.ts';
import type { Carry, EffectsOptions } from './carry.ts';
import { scrubber } from './scrub.ts';

const SAFE = ['GET', 'HEAD'];
/** Servers take the method from these, and the gate judged the one that was named. */
const METHOD_HEADER = /^x-(?:http-)?method(?:-override)?$/i;

/** The address and headers with the secret in its place. */
const placed = (
  href: string,
  { headers, secret }: HttpEffect,
  value: string,
): Result<{ url: string; headers: Headers }> => {
  const url = new URL(href);
  const other = Object.keys(headers ?? {}).find((name) => METHOD_HEADER.test(name.trim()));
  if (other !== undefined)
    return err('EINVAL', `The header ${other} would make another method of it. Name the method itself.`);
  let out: Headers;
  try {
    out = new Headers(headers);
    if (secret && secret.query === undefined)
      out.set(secret.header ?? 'authorization', `${secret.prefix ?? ''}${value}`);
  } catch {
    return err('EINVAL', 'A header has a name or a value that cannot be sent.');
  }
  if (secret?.query !== undefined) url.searchParams.set(secret.query, `${secret.prefix ?? ''}${value}`);
  return ok({ url: url.href, headers: out });
};

/** The value, and nothing of it when the place it may not go to was named. */
const valueOf = async (options: EffectsOptions, { secret }: HttpEffect, origin: string): Promise<Result<string>> =>
  secret ? options.secrets(secret.name, origin) : ok('');

export const http: Carry = async (sys, effect, options) => {
  if (!isHttp(effect))
    return err(
      'EINVAL',
      'An http effect needs a method and a url: { "kind": "http", "method": "GET", "url": "https://…" }.',
    );
  const { method } = effect;
  const safe = SAFE.includes(method);
  if (safe && effect.body !== undefined) return err('EINVAL', `A ${method} request has no body.`);
  const address = parseAddress(effect.url);
  if (!address.ok) return address;
  const { origin, href } = address.value;
  const secret = await valueOf(options, effect, origin);
  if (!secret.ok) return secret;
  const { prefix = '' } = effect.secret ?? {};
  const scrub = scrubber([secret.value, ...(prefix && secret.value ? [prefix + secret.value] : [])]);
  const request = placed(href, effect, secret.value);
  if (!request.ok) return request;
  const what = `${method} ${href}`;

  const signal = AbortSignal.any([sys.signal, AbortSignal.timeout(options.limits.ms)]);
  if (sys.signal.aborted) return err('ECANCELED', 'It was stopped before anything was sent.');
  const lost = (words: string, code: 'ETIMEDOUT' | 'EIO' | 'ECANCELED' = 'EIO'): Result<never> =>
    err(code, scrub.text(safe ? words : `${words} Whether it took effect there is not known.`), {
      detail: safe ? {} : { unknown: true },
    });
  try {
    const response = await options.fetch(request.value.url, {
      method,
      headers: request.value.headers,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
      ...(effect.body === undefined ? {} : { body: effect.body }),
    });
    if (
      response.type === 'opaqueredirect' ||
      (response.status >= 300 && response.status < 400 && response.status !== 304)
    ) {
      await response.body?.cancel().catch(() => undefined);
      return err(
        'EACCES',
        `${origin} answered ${method} with a redirect. Redirects are not followed, because where one leads cannot be checked first: name the final address.`,
      );
    }
    const text = await readAnswer(response, options.limits.bytes, scrub);
    const type = response.headers.get('content-type') ?? 'no content type';
    const said =
      scrub.text(`${what}: ${response.status} ${response.statusText}, ${type}`) + (text === '' ? '' : `\n\n${text}`);
    // Only for a mere look is a refusal an answer like any other.
    return response.ok || safe
      ? ok({ said, status: response.status })
      : err('EPROTO', said, { detail: { status: response.status } });
  } catch (cause) {
    if (sys.signal.aborted) return lost(`${what} was stopped on its way.`, 'ECANCELED');
    if (signal.aborted) return lost(`${what} did not answer within ${options.limits.ms / 1000} s.`, 'ETIMEDOUT');
    const reason = cause instanceof Error ? cause.message : 'no reason given';
    return lost(
      `${what} got no answer (${reason}). The server cannot be reached, or it does not let web pages call it (CORS: it must answer with Access-Control-Allow-Origin).`,
    );
  }
};
