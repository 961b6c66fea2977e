/**
 * Call → handler. The compiler demands a handler for every row of the ABI's table, and a row for every handler.
 */
import type { CallName } from '../protocol/syscalls.ts';
import type { Handler } from './kernel.ts';
import { close, open } from './open.ts';
import { persist } from './persist.ts';
import { blame, list, read, search } from './read.ts';
import { secret, secrets } from './secret.ts';
import { verify } from './verify.ts';
import { unwatch, watch } from './watch.ts';
import { write } from './write.ts';

/** These calls are loaded when first made: they are not needed to show the cockpit. */
const kill: Handler<'kill'> = async (...call) => (await import('./run.ts')).kill(...call);
const pause: Handler<'pause'> = async (...call) => (await import('./run.ts')).pause(...call);
const log: Handler<'log'> = async (...call) => (await import('./run.ts')).log(...call);
const live: Handler<'live'> = async (...call) => (await import('./run.ts')).live(...call);
const fire: Handler<'fire'> = async (...call) => (await import('./fire.ts')).fire(...call);
const grant: Handler<'grant'> = async (...call) => (await import('./grant.ts')).grant(...call);
const revoke: Handler<'revoke'> = async (...call) => (await import('./grant.ts')).revoke(...call);
const propose: Handler<'propose'> = async (...call) => (await import('./propose.ts')).propose(...call);
const decide: Handler<'decide'> = async (...call) => (await import('./decide.ts')).decide(...call);
const would: Handler<'would'> = async (...call) => (await import('./would.ts')).would(...call);
const plan: Handler<'plan'> = async (...call) => (await import('./programs.ts')).plan(...call);
const install: Handler<'install'> = async (...call) => (await import('./programs.ts')).install(...call);
const activate: Handler<'activate'> = async (...call) => (await import('./programs.ts')).activate(...call);
const deactivate: Handler<'deactivate'> = async (...call) => (await import('./programs.ts')).deactivate(...call);

const undo: Handler<'undo'> = async (...call) => (await import('./undo.ts')).undo(...call);
const reserve: Handler<'reserve'> = async (...call) => (await import('./reserve.ts')).reserve(...call);

export const HANDLERS: { [N in CallName]: Handler<N> } = {
  read,
  list,
  search,
  write,
  propose,
  fire,
  undo,
  decide,
  grant,
  revoke,
  would,
  plan,
  install,
  activate,
  deactivate,
  kill,
  pause,
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
  reserve,
  live,
};
