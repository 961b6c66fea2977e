/** The ways to give orders, in the order of the switch. One row each. */
import { createAsk } from './ask.tsx';
import { createBash } from './bash.tsx';
import type { OrderKind } from './order.ts';

export const createKinds = (): OrderKind[] => [createAsk(), createBash()];
