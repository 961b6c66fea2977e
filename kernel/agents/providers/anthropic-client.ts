/**
 * The only file that touches the SDK: loaded when the first model is asked, so that a kernel without one stays small.
 * One call, one attempt; what went wrong comes back as data, told apart by class and status, never by message.
 */
import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk/error';
import {
  Messages,
  type MessageCreateParamsStreaming,
  type RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages';

export type { MessageCreateParamsStreaming, RawMessageStreamEvent };

export type Reach = {
  baseURL: string;
  key: string;
  /** Leave out the two headers that servers other than Anthropic's do not allow a page to send. */
  bare: boolean;
};

export type Failure =
  | { kind: 'status'; status: number; message: string; retryAfterMs: number | undefined }
  | { kind: 'unreachable' }
  | { kind: 'cut' }
  | { kind: 'aborted' };

const BARE = { 'anthropic-version': null, 'anthropic-dangerous-direct-browser-access': null };

/** An error inside a stream has a type and no status. */
const STATUS_OF: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const retryAfter = (headers: Headers | undefined): number | undefined => {
  const said = headers?.get('retry-after');
  if (!said) return undefined;
  const ms = /^[\d.]+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};

const failureOf = (cause: unknown, started: boolean): Failure => {
  if (cause instanceof APIUserAbortError) return { kind: 'aborted' };
  if (cause instanceof APIConnectionError) return { kind: 'unreachable' };
  if (cause instanceof APIError) {
    const status = (cause.status as number | undefined) ?? STATUS_OF[cause.type ?? ''] ?? 500;
    return {
      kind: 'status',
      status,
      message: cause.apiMessage ?? cause.message,
      retryAfterMs: retryAfter(cause.headers),
    };
  }
  // Once it has begun, a stream that throws is a connection that broke.
  return started ? { kind: 'cut' } : { kind: 'unreachable' };
};

/** Every event of one attempt to `onEvent`; undefined when the stream came to its proper end. */
export type Attempt = (
  reach: Reach,
  body: MessageCreateParamsStreaming,
  onEvent: (event: RawMessageStreamEvent) => void,
  signal: AbortSignal,
) => Promise<Failure | undefined>;

export const attempt: Attempt = async ({ baseURL, key, bare }, body, onEvent, signal) => {
  let started = false;
  let whole = false;
  try {
    const client = new BaseAnthropic({
      apiKey: key,
      baseURL,
      dangerouslyAllowBrowser: true,
      maxRetries: 0,
      logLevel: 'off',
      openTelemetry: false,
      ...(bare ? { defaultHeaders: BARE } : {}),
    });
    const stream = await new Messages(client).create(body, { signal });
    started = true;
    for await (const event of stream) {
      onEvent(event);
      if (event.type === 'message_stop') whole = true;
    }
  } catch (cause) {
    return signal.aborted ? { kind: 'aborted' } : failureOf(cause, started);
  }
  // An aborted or broken stream may also just end, without a word.
  if (signal.aborted) return { kind: 'aborted' };
  return whole ? undefined : { kind: 'cut' };
};
