/**
 * A model behind the Anthropic Messages API: Anthropic's own, or a server that speaks it (Ollama, LM Studio, a gateway).
 * Tries again, a few times, what may pass by itself: too many requests, overload, a server's fault, no connection; and
 * once an answer that broke off, from the start of that turn. The key goes into one header and nowhere else.
 */
import { err, ok, type Result, type SysError } from '../../protocol/errors.ts';
import type { How } from '../../protocol/formats/ledger.ts';
import type { Model } from '../../protocol/formats/policy.ts';
import type { Meter } from '../meter.ts';
import { costOf } from '../models.ts';
import type { Attempt, Failure, MessageCreateParamsStreaming, Reach } from './anthropic-client.ts';
import { createTurn } from './anthropic-turn.ts';
import { describeFailure, isLocal, type Asked } from './failure-words.ts';
import type { ModelRequest, ModelTurn, Provider } from './provider.ts';

export type AnthropicOptions = {
  model: Model;
  /** The key for this origin; asked once a run. */
  key: (name: string, origin: string) => Promise<Result<string>>;
  online: () => boolean;
  /** How long to wait before each further try, in milliseconds; as many tries as there are numbers. */
  waits: readonly number[];
  meter: Meter;
};

const ANTHROPIC = 'https://api.anthropic.com';
/** A place that is not there stays so; somebody may be waiting for the answer. */
const UNREACHABLE_TRIES = 2;
const LONGEST_WAIT_MS = 60_000;
/** Nothing at all for this long is a dead connection. */
const SILENCE_MS = 600_000;
/** A server without keys ignores this one; without any, the SDK would go and look for one. */
const NO_KEY = 'none';

const isPassing = (failure: Failure): boolean =>
  failure.kind === 'unreachable' ||
  (failure.kind === 'status' && (failure.status === 408 || failure.status === 429 || failure.status >= 500));

/**
 * A refusal costs nothing, and who could not be reached was not asked. An answer that had begun is known as far as it was
 * told; one that broke off before that is not.
 */
const howOf = (failure: Failure, told: boolean): How => {
  if (told) return 'reported';
  return failure.kind === 'cut' ? 'unknown' : 'none';
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });

/** Leaves room for an answer in the context of every model in use. */
const CONTEXT_TOKENS = 150_000;

const CACHE = { cache_control: { type: 'ephemeral' } } as const;

/**
 * Breakpoints, of which the API takes four: after the tools, after each of the two parts of the system prompt, and at the
 * end of the conversation, which the next turn repeats.
 */
export const bodyOf = (model: Model, { system, tools, messages }: ModelRequest): MessageCreateParamsStreaming => ({
  model: model.model,
  max_tokens: model.max_tokens,
  stream: true,
  system: system.map(({ text, cached }) => ({ type: 'text', text, ...(cached ? CACHE : {}) })),
  ...(tools.length > 0
    ? { tools: tools.map((tool, at) => (at === tools.length - 1 ? { ...tool, ...CACHE } : tool)) }
    : {}),
  messages: messages.map((message, at) => ({
    role: message.role,
    content: message.content.map((block, index) =>
      message.role === 'user' && at === messages.length - 1 && index === message.content.length - 1
        ? { ...block, ...CACHE }
        : block,
    ),
  })) as MessageCreateParamsStreaming['messages'],
});

export const createAnthropic = ({ model, key, online, waits, meter }: AnthropicOptions): Provider => {
  const { origin } = new URL(model.base_url);
  const asked: Asked = { origin, model: model.model, secret: model.secret, app: globalThis.location?.origin };
  // Servers without keys are not Anthropic's, and answer a page only without Anthropic's headers.
  const reach: Reach = {
    baseURL: model.base_url.replace(/\/+$/, '').replace(/\/v1$/, ''),
    key: NO_KEY,
    bare: origin !== ANTHROPIC && model.secret === undefined,
  };
  const scrub = (text: string): string => (reach.key === NO_KEY ? text : text.replaceAll(reach.key, '[key]'));
  const refuse = (error: SysError): Result<never> => ({
    ok: false,
    error: { ...error, message: scrub(error.message) },
  });

  const once = async (
    attempt: Attempt,
    body: MessageCreateParamsStreaming,
    onText: (text: string) => void,
    signal: AbortSignal,
  ) => {
    const turn = createTurn();
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const failure = await attempt(
      reach,
      body,
      (event) => {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        turn.add(event);
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') onText(turn.text());
      },
      AbortSignal.any([signal, silence.signal]),
    );
    clearTimeout(timer);
    const silent: Failure = { kind: 'cut' };
    return { turn, failure: failure?.kind === 'aborted' && !signal.aborted ? silent : failure };
  };

  const stream: Provider['stream'] = async (request, hooks, signal): Promise<Result<ModelTurn>> => {
    const client = await import('./anthropic-client.ts').catch(() => undefined);
    if (!client) {
      return err(
        'EIO',
        'The part of this app that talks to models could not be loaded. Reload the page when there is a connection.',
        { call: 'model' },
      );
    }
    let cuts = 0;
    for (let tries = 0; ;) {
      if (!online() && !isLocal(origin)) {
        return err(
          'EIO',
          `This device is offline, so ${origin} was not asked. Run it again when there is a connection.`,
          { call: 'model' },
        );
      }
      const body = bodyOf(model, request);
      const held = await meter.reserve(body, hooks.note);
      if (!held.ok) return held;
      const paid = { ...body, max_tokens: held.value.maxTokens };
      const { turn, failure } = await once(client.attempt, paid, hooks.text, signal);
      if (!failure) return ok(turn.turn());
      hooks.wasted(turn.usage());
      await meter.lost(turn.usage(), howOf(failure, turn.told()));
      if (failure.kind === 'aborted') return refuse(describeFailure(failure, asked));
      if (failure.kind === 'cut') {
        if (cuts++ > 0) return refuse(describeFailure(failure, asked));
        hooks.note(`${origin} broke off its answer; asking again from the start of this turn.`);
        hooks.text('');
        continue;
      }
      const wait =
        failure.kind === 'status' && failure.retryAfterMs !== undefined ? failure.retryAfterMs : waits[tries];
      const most = failure.kind === 'unreachable' ? UNREACHABLE_TRIES : waits.length;
      if (!isPassing(failure) || tries >= most || wait === undefined || wait > LONGEST_WAIT_MS) {
        return refuse(describeFailure(failure, asked));
      }
      tries++;
      // A page cannot tell a closed door from a refused header: the next try knocks the other way.
      if (failure.kind === 'unreachable' && origin !== ANTHROPIC) reach.bare = !reach.bare;
      const why = failure.kind === 'status' ? `answered ${failure.status}` : 'could not be reached';
      hooks.note(scrub(`${origin} ${why}; asking again in ${Math.round(wait / 100) / 10} s (${tries} of ${most}).`));
      await pause(wait, signal);
      if (signal.aborted) return refuse(describeFailure({ kind: 'aborted' }, asked));
    }
  };

  return {
    model: model.model,
    context: model.context ?? CONTEXT_TOKENS,
    cost: (usage) => costOf(model.price, usage),
    prepare: async () => {
      if (model.secret === undefined) return ok(undefined);
      const secret = await key(model.secret, origin);
      if (!secret.ok)
        return err('EACCES', `${model.model} needs the key ${model.secret}. ${secret.error.message}`, {
          call: 'model',
        });
      reach.key = secret.value;
      return ok(undefined);
    },
    stream,
  };
};
