/**
 * Call → handler. The compiler demands a handler for every row of the ABI's table, and a row for every handler.
 */
import type { CallName } from '../protocol/syscalls.ts';
import { activate, deactivate, install, plan } from './programs.ts';
import { decide } from './decide.ts';
import type { Handler } from './kernel.ts';
import { kill, live, log } from './run.ts';
import { close, open } from './open.ts';
import { persist } from './persist.ts';
import { propose } from './propose.ts';
import { blame, list, read, search } from './read.ts';
import { secret, secrets } from './secret.ts';
import { verify } from './verify.ts';
import { unwatch, watch } from './watch.ts';
import { write } from './write.ts';

/** Calls that parse roles, jobs or policy are loaded when first made: they are not needed to show the cockpit. */
const fire: Handler<'fire'> = async (...call) => (await import('./fire.ts')).fire(...call);
const grant: Handler<'grant'> = async (...call) => (await import('./grant.ts')).grant(...call);
const revoke: Handler<'revoke'> = async (...call) => (await import('./grant.ts')).revoke(...call);

export const HANDLERS: { [N in CallName]: Handler<N> } = {
  read,
  list,
  search,
  write,
  propose,
  fire,
  decide,
  grant,
  revoke,
  plan,
  install,
  activate,
  deactivate,
  kill,
  watch,
  unwatch,
  open,
  close,
  blame,
  secret,
  secrets,
  persist,
  verify,
  log,
  live,
};
