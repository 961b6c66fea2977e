/**
 * What a command that reaches the kernel is: a plain function of its words. It answers text, or throws `Refusal` with
 * what to say. Who may use one is the kernel's decision, not this room's.
 */
import type { Args, CallName, Values } from '../protocol/syscalls.ts';
import type { LinePort } from './line.ts';
import { sayError } from './posix.ts';

export type Host = {
  port: LinePort;
  /** A path as the line wrote it, made absolute. */
  path: (word: string) => string;
  /** A file as this line sees it: staged, in /tmp, or in the kernel. */
  read: (path: string) => Promise<Uint8Array>;
  write: (path: string, content: Uint8Array) => Promise<void>;
  stdin: () => string;
  /** Send what the line has staged, so that the kernel sees what the line sees. */
  flush: () => Promise<void>;
};

export type Command = { usage: string; what: string; run: (words: string[], host: Host) => Promise<string> };

/** Ends a command with code 1 and these words. */
export class Refusal extends Error {}

export const call = async <N extends CallName>(host: Host, name: N, args: Args<N>): Promise<Values[N]> => {
  const result = await host.port.invoke(name, args);
  if (!result.ok) throw new Refusal(sayError(result.error));
  return result.value;
};

export const wanted = (word: string | undefined, usage: string): string => {
  if (word === undefined || word === '') throw new Refusal(`usage: ${usage}`);
  return word;
};
