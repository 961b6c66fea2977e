// The debugger of a page's kernel worker: what the page's own session cannot ask, such as its heap or to stand still.
import type { CDPSession, Page } from 'playwright';

export interface WorkerSession {
  send<T = unknown>(method: string, params?: object): Promise<T>;
  /** Resolves at the next event of this name. */
  next(event: string): Promise<void>;
  detach(): Promise<void>;
}

interface Message {
  id?: number;
  method?: string;
  result?: unknown;
  error?: { message: string };
}

export async function attachKernelWorker(page: Page): Promise<WorkerSession> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const asked = new Map<number, { resolve: (value: never) => void; reject: (cause: Error) => void }>();
  const awaited = new Map<string, () => void>();
  let ids = 0;
  let sessionId: string | undefined;
  session.on('Target.receivedMessageFromTarget', ({ message, sessionId: from }) => {
    if (from !== sessionId) return;
    const { id, method, result, error } = JSON.parse(message) as Message;
    if (method !== undefined) {
      awaited.get(method)?.();
      awaited.delete(method);
    }
    const waiting = id === undefined ? undefined : asked.get(id);
    if (id === undefined || !waiting) return;
    asked.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result as never);
  });
  const attached = new Promise<string>((resolve) =>
    session.on('Target.attachedToTarget', ({ sessionId: found, targetInfo }) => {
      if (targetInfo.type === 'worker' && /\/kernel-[^/]*\.js$/.test(targetInfo.url)) resolve(found);
    }),
  );
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  sessionId = await attached;
  const to = sessionId;
  return {
    send: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = ++ids;
        asked.set(id, { resolve, reject });
        session
          .send('Target.sendMessageToTarget', { message: JSON.stringify({ id, method, params }), sessionId: to })
          .catch(reject);
      }),
    next: (event) => new Promise((resolve) => void awaited.set(event, resolve)),
    detach: () => session.detach(),
  };
}
