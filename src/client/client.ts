/**
 * Client: the operator's stub over a port to the kernel. A call is a promise of a Result and never throws.
 * The kernel may move (its tab closed, another leads): calls in flight are sent again under the same id, which the
 * kernel recognises, so none runs twice; watches and open documents are set up anew and told so.
 * It knows frames and nothing of what stands behind the port.
 */
import { createSignal, type Accessor } from 'solid-js';
import { err, ok, type Result, type SysError } from '../../kernel/protocol/errors.ts';
import type { Stat, WatchEvent } from '../../kernel/protocol/files.ts';
import { stubOver, type Call, type Stub } from '../../kernel/protocol/stub.ts';
import type { OpenValue } from '../../kernel/protocol/syscalls.ts';
import { WIRE_VERSION, type FromKernel, type KernelState, type ToKernel } from '../../kernel/protocol/wire.ts';

/** The half of a Worker or a MessagePort that is needed here. */
export type Port = {
  postMessage: (frame: ToKernel) => void;
  addEventListener: (type: 'message', listener: (event: { data: FromKernel }) => void) => void;
};

/**
 * `placed`: the watch stands from now on; what happened before may have been missed, so load now. It is also said when
 * the kernel has stopped for good: the load then answers why.
 */
export type WatchListener = (event: WatchEvent | 'placed') => void;

export type DocumentListener = {
  /** Somebody else's change to the open document. */
  update: (update: Uint8Array) => void;
  /** The kernel moved: this is the document as the new one has it; send what it lacks. */
  reopened: (value: OpenValue) => void;
  /** The new kernel would not open it: typing goes nowhere. */
  lost: (error: SysError) => void;
};

export type DocumentPort = {
  state: Uint8Array;
  stat: Stat;
  send: (update: Uint8Array) => void;
  close: () => Promise<Result<{ revisions: string[] }>>;
};

export type Client = {
  stub: Stub;
  call: Call;
  state: Accessor<KernelState>;
  watch: (patterns: string | readonly string[], listener: WatchListener) => () => void;
  open: (path: string, on: DocumentListener) => Promise<Result<DocumentPort>>;
  close: () => void;
};

/** `scoped`: means something to this one kernel only (a watch's number), so it is dropped and not repeated when it moves. */
type InFlight = { name: string; args: unknown; scoped: boolean; settle: (result: Result<unknown>) => void };
type Watch = { pattern: string | string[]; listener: WatchListener; number: number | undefined };
type Opened = { path: string; on: DocumentListener; doc: number | undefined };

const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const createClient = (port: Port, name: string = randomName()): Client => {
  const [state, setState] = createSignal<KernelState>({ state: 'starting' });
  const inFlight = new Map<string, InFlight>();
  const watches = new Set<Watch>();
  const documents = new Set<Opened>();
  let counter = 0;

  const post = (id: string, call: InFlight): void => {
    try {
      port.postMessage({ t: 'call', id, name: call.name, args: call.args });
    } catch (cause) {
      // An argument that cannot be cloned (a function, say) is a bad argument, not a broken kernel.
      settle(id, err('EINVAL', `These arguments cannot be sent to the kernel: ${String(cause)}`, { call: call.name }));
    }
  };

  const settle = (id: string, result: Result<unknown>): void => {
    const call = inFlight.get(id);
    inFlight.delete(id);
    call?.settle(result);
  };

  const request = (callName: string, args: unknown, scoped = false): Promise<Result<unknown>> =>
    new Promise((resolve) => {
      const now = state();
      if (now.state === 'stopped') return resolve(err('EIO', now.reason, { call: callName }));
      const id = `${name}:${++counter}`;
      const call: InFlight = { name: callName, args, scoped, settle: resolve };
      inFlight.set(id, call);
      if (now.state === 'ready') post(id, call);
    });

  const call = ((callName: string, args: unknown) => request(callName, args)) as Call;

  const place = async (watch: Watch): Promise<void> => {
    watch.number = undefined;
    const result = await request('watch', { pattern: watch.pattern }, true);
    if (!result.ok) return;
    const { watch: number } = result.value as { watch: number };
    if (!watches.has(watch)) return void request('unwatch', { watch: number }, true);
    watch.number = number;
    watch.listener('placed');
  };

  const reopen = async (opened: Opened): Promise<void> => {
    opened.doc = undefined;
    const result = await request('open', { path: opened.path }, true);
    if (!documents.has(opened)) return;
    if (result.ok) {
      const value = result.value as OpenValue;
      opened.doc = value.doc;
      opened.on.reopened(value);
    } else if (result.error.code !== 'ECANCELED') opened.on.lost(result.error);
  };

  const onState = (next: KernelState): void => {
    setState(next);
    if (next.state === 'starting') return;
    for (const [id, held] of inFlight) {
      if (next.state === 'stopped') settle(id, err('EIO', next.reason, { call: held.name }));
      else if (held.scoped) settle(id, err('ECANCELED', 'The kernel moved to another tab.', { call: held.name }));
      else post(id, held);
    }
    if (next.state === 'stopped') {
      for (const watch of watches) watch.listener('placed');
      return;
    }
    for (const watch of watches) void place(watch);
    for (const opened of documents) void reopen(opened);
  };

  port.addEventListener('message', ({ data: frame }) => {
    if (frame.t === 'state') onState(frame.state);
    else if (frame.t === 'result') settle(frame.id, frame.result);
    else if (frame.t === 'event') {
      for (const watch of watches) if (watch.number === frame.watch) watch.listener(frame.event);
    } else {
      for (const opened of documents) if (opened.doc === frame.doc) opened.on.update(frame.update);
    }
  });
  port.postMessage({ t: 'hello', version: WIRE_VERSION, client: name });

  return {
    stub: stubOver(call),
    call,
    state,
    watch: (patterns, listener) => {
      const watch: Watch = {
        pattern: typeof patterns === 'string' ? patterns : [...patterns],
        listener,
        number: undefined,
      };
      watches.add(watch);
      const now = state().state;
      if (now === 'ready') void place(watch);
      else if (now === 'stopped') queueMicrotask(() => watches.has(watch) && listener('placed'));
      return () => {
        watches.delete(watch);
        if (watch.number !== undefined && state().state === 'ready')
          void request('unwatch', { watch: watch.number }, true);
      };
    },
    open: async (path, on) => {
      const result = await call('open', { path });
      if (!result.ok) return result;
      const opened: Opened = { path, on, doc: result.value.doc };
      documents.add(opened);
      return ok({
        state: result.value.state,
        stat: result.value.stat,
        // While the kernel moves there is no document to send to: `reopened` says what the new one has, and the
        // replica then sends everything it lacks.
        send: (update) => {
          if (opened.doc !== undefined) port.postMessage({ t: 'doc', doc: opened.doc, update });
        },
        close: async () => {
          documents.delete(opened);
          if (opened.doc === undefined) return ok({ revisions: [] });
          const closed = await request('close', { doc: opened.doc }, true);
          // The kernel that took over has sealed what the former one left.
          const moved = !closed.ok && closed.error.code === 'ECANCELED';
          return moved ? ok({ revisions: [] }) : (closed as Result<{ revisions: string[] }>);
        },
      });
    },
    close: () => port.postMessage({ t: 'bye', client: name }),
  };
};
