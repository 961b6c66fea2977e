/**
 * The wire between a page and a kernel in tests: frames arrive late, in turns of the event loop, and the kernel behind it
 * may be cut off and replaced, as when another tab takes over.
 */
import type { FromKernel, ToKernel } from '../protocol/wire.ts';
import type { Memory } from './memory.ts';
import { serve, type Served } from './serve.ts';

const { setImmediate: nextTurn } = globalThis as unknown as { setImmediate: (run: () => void) => unknown };

export const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => void nextTurn(resolve));
};

/** A wire to whichever kernel leads: each frame takes as many turns as `delay` says, in order. */
export const createLateWire = (delay: () => number) => {
  let served: Served | undefined;
  let hello: ToKernel | undefined;
  let listener: (event: { data: FromKernel }) => void = () => undefined;
  const line = <T>(deliver: (frame: T) => void) => {
    let last: Promise<unknown> = Promise.resolve();
    return (frame: T): void => {
      last = last.then(() => turns(delay())).then(() => deliver(frame));
    };
  };
  const toPage = line<FromKernel>((data) => listener({ data }));
  const toKernel = line<ToKernel>((frame) => {
    if (frame.t === 'hello') hello = frame;
    served?.receive(frame);
  });
  return {
    port: {
      postMessage: (frame: ToKernel) => toKernel(structuredClone(frame)),
      addEventListener: (_: 'message', heard: typeof listener) => void (listener = heard),
    },
    /** No kernel: frames are lost, as between two leaders. */
    cut: () => (served = undefined),
    lead: (kernel: Memory) => {
      served = serve(kernel, 'operator', (frame) => toPage(structuredClone(frame)), true);
      if (hello) served.receive(hello);
    },
  };
};
