/**
 * What the dock knows of a way to give orders. There are two (plain language, bash) and each is one row in
 * `kinds.ts`, over the same stub; taking a row out takes that shell away and touches nothing else.
 */
import type { Accessor, JSX } from 'solid-js';

/** One order and what came of it: a turn in the log. */
export type Turn = {
  id: string;
  /** When it was given, milliseconds since 1970. */
  at: number;
  running: Accessor<boolean>;
  stop: () => void;
  /** One line for the dock when it is folded: what is going on, or how it ended. */
  summary: Accessor<string>;
  view: () => JSX.Element;
};

export type OrderKind = {
  id: string;
  /** On the switch. */
  label: string;
  said: string;
  placeholder: string;
  mono?: boolean;
  /** Typed alone in an empty order line of another kind, it switches to this one. */
  opener?: string;
  /** Orders given before, oldest first, for the arrow keys. */
  history: () => readonly string[];
  /** Why an order cannot be given now, with the way out; undefined when it can. */
  closed?: () => JSX.Element | undefined;
  give: (text: string) => Turn;
  /** Turns from before this page was loaded, oldest first. */
  past?: Accessor<readonly Turn[]>;
};
