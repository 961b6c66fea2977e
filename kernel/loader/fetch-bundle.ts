/**
 * A bundle's bytes, from a URL or as given. Bytes are counted while they arrive and the transfer is cut at the limit;
 * no cookies and no referrer are sent. A browser does not say whether a host is down or refuses other origins, so the
 * message says both and what the host must send.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import { concatBytes } from '../protocol/bytes.ts';
import { isLoopback } from './loopback.ts';
import { MAX_ZIP } from './unzip.ts';

export type FetchOptions = { fetch: typeof fetch; timeLimitMs: number; signal: AbortSignal };
/** `source` is what the operator is shown. */
export type Fetched = { bytes: Uint8Array; source: string };

const tooLarge = (source: string) =>
  err(
    'EDQUOT',
    `${source} is larger than ${MAX_ZIP} bytes (32 MiB), the most a bundle may be. The transfer was stopped.`,
  );

const allowed = (source: string): Result<URL> => {
  if (!URL.canParse(source))
    return err(
      'EINVAL',
      `"${source}" is not a full address. Write it out, for example https://example.org/program.zip`,
    );
  const url = new URL(source);
  const reachable = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  if (!reachable)
    return err(
      'EINVAL',
      `${source}: programs are fetched over https (or http from this device itself), not ${url.protocol}`,
    );
  if (url.username || url.password)
    return err(
      'EINVAL',
      'The address holds a user name or a password. Take it out: it would be kept as the source of the program.',
    );
  return ok(url);
};

const readBody = async (response: Response, source: string): Promise<Result<Uint8Array>> => {
  if (Number(response.headers.get('content-length') ?? 0) > MAX_ZIP) return tooLarge(source);
  const reader = response.body?.getReader();
  if (!reader) return err('EPROTO', `${source} answered without any content.`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ok(concatBytes(parts));
    length += value.length;
    if (length > MAX_ZIP) {
      await reader.cancel();
      return tooLarge(source);
    }
    parts.push(value);
  }
};

const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

const notAZip = (source: string, bytes: Uint8Array, type: string | null) => {
  if (bytes.length === 0) return err('EINVAL', `${source} is empty.`);
  const kind = type?.split(';', 1)[0]?.trim();
  return err(
    'EINVAL',
    `${source} is not a zip${kind && kind !== 'application/zip' ? `; the host sent ${kind}` : ''}. Give the address of the .zip file itself.`,
  );
};

export const fetchBundle = async (source: string | Uint8Array, options: FetchOptions): Promise<Result<Fetched>> => {
  if (typeof source !== 'string') {
    if (source.length > MAX_ZIP) return tooLarge('The dropped file');
    return isZip(source) ? ok({ bytes: source, source: 'a dropped file' }) : notAZip('The dropped file', source, null);
  }
  const url = allowed(source);
  if (!url.ok) return url;
  const { href, origin } = url.value;
  const timeout = AbortSignal.timeout(options.timeLimitMs);
  const outOfTime = () =>
    err(
      'ETIMEDOUT',
      `${href} did not arrive within ${Math.round(options.timeLimitMs / 1000)} s. Try again, or download the file and drop it here.`,
    );
  const ended = () => err('ECANCELED', 'Stopped before the bundle had arrived.');
  let response: Response | undefined;
  try {
    response = await options.fetch(href, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: AbortSignal.any([options.signal, timeout]),
    });
    const arrived = response.url === '' ? url : allowed(response.url);
    if (!arrived.ok) return err('EACCES', `${href} leads on to ${response.url}, which is not https.`);
    if (!response.ok) {
      await response.body?.cancel();
      return err(
        response.status === 404 ? 'ENOENT' : 'EPROTO',
        `${href} answered ${response.status}${response.statusText ? ` ${response.statusText}` : ''}, so there is no bundle to read.`,
      );
    }
    const body = await readBody(response, href);
    if (!body.ok) return body;
    return isZip(body.value)
      ? ok({ bytes: body.value, source: href })
      : notAZip(href, body.value, response.headers.get('content-type'));
  } catch {
    if (options.signal.aborted) return ended();
    if (timeout.aborted) return outOfTime();
    if (response) return err('EPROTO', `${href} broke off before the whole file had arrived. Try again.`);
    return err(
      'EPROTO',
      `${href} could not be read. Either ${origin} cannot be reached, or it does not let other sites read its files: it must send "Access-Control-Allow-Origin: *". You can also download the file and drop it here.`,
    );
  }
};
