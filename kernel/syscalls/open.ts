/** open, close: a text file in an editor. Keystrokes travel as document updates on the same port. */
import { err, ok } from '../protocol/errors.ts';
import { decideWrite } from '../policy/decide.ts';
import { authorOf, type Handler } from './kernel.ts';

export const open: Handler<'open'> = async (kernel, caller, { path }) => {
  const { outlet } = caller;
  if (!outlet) return err('EINVAL', 'A live document needs a port to travel on.');
  const verdict = decideWrite(caller.actor, path, await kernel.facts.of(caller.actor, caller.capabilities));
  if (verdict.verdict === 'deny') return err(verdict.code, verdict.reason, { path });
  const doc = outlet.next();
  const author = authorOf({ ...caller, cause: '' }, 'Edited in the editor');
  const seat = await kernel.live.open(path, author, (update) => outlet.post({ t: 'doc', doc, update }));
  if (!seat.ok) return seat;
  outlet.seats.set(doc, seat.value);
  return ok({ doc, state: seat.value.state, stat: seat.value.stat });
};

export const close: Handler<'close'> = async (_kernel, { outlet }, { doc }) => {
  const seat = outlet?.seats.get(doc);
  if (!seat) return err('ENOENT', 'That document is not open here.');
  outlet?.seats.delete(doc);
  return ok({ revisions: await seat.close() });
};
