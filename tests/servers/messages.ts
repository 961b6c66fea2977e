/**
 * A loopback server that speaks the wire of the Anthropic Messages API, driven by a script of turns.
 * Real sockets, so a test sees what a browser or the SDK would: preflights, slow streams, cut connections.
 *
 * Every accepted request takes the next turn. A request the real API would refuse (no key, a tool_use without
 * its tool_result …) is refused here in the same shape and takes no turn. It knows nothing of the kernel.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBody, checkHeaders, type ApiError, type MessagesBody } from './messages-check.ts';
import { corsHeaders, preflight, refusedOrigin, type CorsMode } from './messages-cors.ts';
import { errorBody, eventsOf, messageOf, started, usageOf, type Turn, type Usage } from './messages-wire.ts';

export type { Turn, Usage } from './messages-wire.ts';
export type { MessagesBody } from './messages-check.ts';

export type Seen = {
  /** position in `requests`, counting refused ones */
  n: number;
  at: number;
  headers: Record<string, string>;
  body: MessagesBody;
  /** how the answer ended; undefined while it is still being sent */
  ended?: 'done' | 'refused' | 'error' | 'cut' | 'aborted';
  /** the usage the client was told, undefined when it was told none */
  usage?: Usage;
};

export type MessagesOptions = {
  script: Turn[] | ((request: Seen, turn: number) => Turn);
  cors?: CorsMode;
  /** origins allowed in `ollama` mode beside localhost, like OLLAMA_ORIGINS */
  origins?: string[];
  /** when set, any other key is a 401 */
  key?: string;
};

export type MessagesServer = {
  url: string;
  requests: Seen[];
  /** how many clients went away before their answer was complete */
  readonly aborted: number;
  /** every OPTIONS request, as its requested headers */
  preflights: string[];
  /** the sum of what clients were told: a cut stream counts what `message_start` said */
  totals(): Usage;
  close(): Promise<void>;
};

export async function startMessages(options: MessagesOptions): Promise<MessagesServer> {
  const mode = options.cors ?? 'anthropic';
  const requests: Seen[] = [];
  const preflights: string[] = [];
  let aborted = 0;
  let turns = 0;
  let closing = false;

  const nextTurn = (seen: Seen): Turn => {
    const turn = turns++;
    if (typeof options.script === 'function') return options.script(seen, turn);
    const scripted = options.script[turn];
    if (scripted) return scripted;
    const message = `The script holds ${options.script.length} turns; this request asks for turn ${turn + 1}.`;
    return { error: { status: 400, type: 'invalid_request_error', message } };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = flat(request);
    const cors = corsHeaders(mode, headers, options.origins);
    const refuse = (error: ApiError) => sendError(response, cors, error);
    if (refusedOrigin(mode, headers, options.origins)) return void response.writeHead(403).end();
    if (request.method === 'OPTIONS') {
      preflights.push(headers['access-control-request-headers'] ?? '');
      return preflight(mode, headers, response, options.origins);
    }
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    if (path !== '/v1/messages') return refuse({ status: 404, type: 'not_found_error', message: 'Not found' });
    if (request.method !== 'POST') {
      return refuse({ status: 405, type: 'invalid_request_error', message: 'Method Not Allowed' });
    }

    const parsed = parse(await textOf(request));
    const seen: Seen = { n: requests.length, at: Date.now(), headers, body: parsed ?? ({} as MessagesBody) };
    requests.push(seen);
    let cut = false;
    response.on('close', () => {
      if (response.writableFinished || cut || closing) return;
      aborted++;
      seen.ended = 'aborted';
    });
    const wrong = checkHeaders(headers, mode, options.key) ?? checkBody(parsed);
    if (wrong) {
      seen.ended = 'refused';
      return refuse(wrong);
    }

    const turn = nextTurn(seen);
    if (turn.hang === true) return; // the socket stays open and silent until the client or close() ends it
    if (typeof turn.hang === 'number') await sleep(turn.hang);
    if (response.destroyed) return;
    if (turn.error && turn.error.after === undefined) {
      seen.ended = 'error';
      return refuse(turn.error);
    }
    const cutNow = () => {
      cut = true;
      seen.ended = 'cut';
      response.destroy();
    };

    if (!seen.body.stream) {
      if (turn.cutAfter !== undefined) return cutNow();
      if (turn.error) {
        seen.ended = 'error';
        return refuse(turn.error);
      }
      seen.usage = usageOf(turn, seen.body);
      seen.ended = 'done';
      return sendJson(response, 200, cors, messageOf(turn, seen.body, seen.n));
    }

    response.writeHead(200, {
      ...cors,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'request-id': requestId(seen.n),
    });
    seen.usage = started(usageOf(turn, seen.body));
    let deltas = 0;
    for (const event of eventsOf(turn, seen.body, seen.n)) {
      if (event.type === 'content_block_delta') {
        if (turn.cutAfter !== undefined && deltas >= turn.cutAfter) return cutNow();
        if (turn.error && deltas >= (turn.error.after ?? 0)) break;
        if (turn.delayMs) await sleep(turn.delayMs);
        deltas++;
      }
      if (response.destroyed) return;
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      // Give the socket a turn, so that an abort or a cut lands between two events and not after all of them.
      await sleep(0);
    }
    if (turn.cutAfter !== undefined) return cutNow();
    if (response.destroyed) return;
    if (turn.error) {
      seen.ended = 'error';
      return void response.end(`event: error\ndata: ${JSON.stringify(errorBody(turn.error, requestId(seen.n)))}\n\n`);
    }
    seen.usage = usageOf(turn, seen.body);
    seen.ended = 'done';
    response.end();
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, {}, { status: 500, type: 'api_error', message: String(error) });
      else response.destroy();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    preflights,
    get aborted() {
      return aborted;
    },
    totals: () => sum(requests.flatMap((seen) => seen.usage ?? [])),
    close: () =>
      new Promise((closed) => {
        closing = true;
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function sum(all: Usage[]): Usage {
  const total = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  for (const usage of all) for (const key of Object.keys(total) as (keyof Usage)[]) total[key] += usage[key];
  return total;
}

function sendError(response: ServerResponse, cors: Record<string, string>, error: ApiError): void {
  const retry: Record<string, string> =
    error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
  const id = requestId(0);
  sendJson(response, error.status, { ...cors, ...retry, 'request-id': id }, errorBody(error, id));
}

function sendJson(response: ServerResponse, status: number, headers: Record<string, string>, body: object): void {
  response.writeHead(status, { 'request-id': requestId(0), ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const requestId = (n: number): string => `req_loopback${String(n).padStart(12, '0')}`;

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): MessagesBody | undefined {
  try {
    return JSON.parse(text) as MessagesBody;
  } catch {
    return undefined;
  }
}
