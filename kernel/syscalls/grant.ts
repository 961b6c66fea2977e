/** grant, revoke: edits of the operator's policy file that keep its comments and everything else in it. */
import { isMap, parseDocument } from 'yaml';
import { actorSchema } from '../protocol/actor.ts';
import { POLICY } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parsePolicy } from '../protocol/formats/policy.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import { policyStands } from './write.ts';

const change = async (
  kernel: Kernel,
  caller: Caller,
  actor: string,
  next: (held: string[]) => string[],
  message: string,
): Promise<Result<{ grants: string[] }>> => {
  if (!actorSchema.safeParse(actor).success || actor === 'operator')
    return err('EINVAL', 'Name an actor such as agent:analyst.');
  const read = await kernel.fs.read(POLICY, { as: 'text' });
  if (!read.ok) return read;
  const doc = parseDocument(String(read.value.content));
  const policy = parsePolicy(POLICY, String(read.value.content));
  const grants = next(policy.ok ? (policy.value.grants[actor]?.write ?? []) : []);
  if (!isMap(doc.contents)) doc.contents = doc.createNode({}) as never;
  if (grants.length > 0) doc.setIn(['grants', actor, 'write'], grants);
  else if (doc.hasIn(['grants', actor])) doc.deleteIn(['grants', actor]);
  const written = await kernel.fs.write(
    [{ op: 'put', path: POLICY, content: doc.toString(), base: read.value.stat.revision }],
    authorOf(caller, message),
    await policyStands(),
  );
  return written.ok ? ok({ grants }) : written;
};

export const grant: Handler<'grant'> = (kernel, caller, { actor, write }) =>
  change(
    kernel,
    caller,
    actor,
    (held) => [...new Set([...held, ...write])],
    `Grants ${actor} to write ${write.join(', ')}`,
  );

export const revoke: Handler<'revoke'> = (kernel, caller, { actor, write }) =>
  change(
    kernel,
    caller,
    actor,
    (held) => (write ? held.filter((pattern) => !write.includes(pattern)) : []),
    `Revokes grants of ${actor}`,
  );
