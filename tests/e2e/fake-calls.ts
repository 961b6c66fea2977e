// Answers some of the page's calls in place of the kernel, for states that are hard to bring about: damage, conflicts
// between devices. The kernel's worker runs as ever and answers the rest.
import type { Page } from '@playwright/test';

/** A call's answer, or undefined to let the kernel answer. It runs in the page and sees nothing from outside itself. */
export type Fake = (name: string, args: Record<string, unknown>) => unknown;

/** To be called before the page is opened. */
export const answerCalls = (page: Page, fake: Fake): Promise<unknown> =>
  // As text through the debugger: the page's own policy, which knows no eval, stays in force.
  page.addInitScript(`{
    const fake = ${fake.toString()};
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (frame, ...rest) {
      const result = frame?.t === 'call' ? fake(frame.name, frame.args) : undefined;
      if (result === undefined) return post.call(this, frame, ...rest);
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { t: 'result', id: frame.id, result } })));
    };
  }`);
