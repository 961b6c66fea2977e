/** grant, revoke: edits of the operator's policy file that keep its comments and everything else in it. */
import { isMap, parseDocument, type Document } from 'yaml';
import { actorSchema } from '../protocol/actor.ts';
import { POLICY } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parsePolicy, type Policy } from '../protocol/formats/policy.ts';
import { parseGrant } from '../protocol/outside.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import type { Remembered } from '../protocol/remember.ts';
import { policyStands } from './write.ts';

type Grants = Policy['grants'][string];
const NONE: Grants = { write: [], effects: [] };

const put = (doc: Document, actor: string, { write, effects, until = {} }: Grants): void => {
  const held = [...write, ...effects];
  const ends = Object.fromEntries(Object.entries(until).filter(([line]) => held.includes(line)));
  const fields = { write, effects, until: Object.keys(ends).length > 0 ? ends : undefined };
  if (held.length === 0) {
    if (doc.hasIn(['grants', actor])) doc.deleteIn(['grants', actor]);
    return;
  }
  for (const [name, value] of Object.entries(fields)) {
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!empty) doc.setIn(['grants', actor, name], doc.createNode(value));
    else if (doc.hasIn(['grants', actor, name])) doc.deleteIn(['grants', actor, name]);
  }
};

const change = async (
  kernel: Kernel,
  caller: Caller,
  actor: string,
  next: (held: Grants) => Grants,
  message: string,
): Promise<Result<{ grants: string[] }>> => {
  if (!actorSchema.safeParse(actor).success || actor === 'operator')
    return err('EINVAL', 'Name an actor such as agent:analyst.');
  const read = await kernel.fs.read(POLICY, { as: 'text' });
  if (!read.ok) return read;
  const doc = parseDocument(String(read.value.content));
  const policy = parsePolicy(POLICY, String(read.value.content));
  const grants = next(policy.ok ? (policy.value.grants[actor] ?? NONE) : NONE);
  if (!isMap(doc.contents)) doc.contents = doc.createNode({}) as never;
  put(doc, actor, grants);
  const written = await kernel.fs.write(
    [{ op: 'put', path: POLICY, content: doc.toString(), base: read.value.stat.revision }],
    authorOf(caller, message),
    await policyStands(),
  );
  return written.ok ? ok({ grants: [...grants.write, ...grants.effects] }) : written;
};

/** [E5] A line that is granted for good already stays so. */
export const grantLines = (
  kernel: Kernel,
  caller: Caller,
  actor: string,
  { write = [], effects = [], until }: Partial<Remembered>,
): Promise<Result<{ grants: string[] }>> =>
  change(
    kernel,
    caller,
    actor,
    (held) => {
      const forGood = [...held.write, ...held.effects].filter((line) => held.until?.[line] === undefined);
      const ends = { ...held.until };
      for (const line of [...write, ...effects]) {
        if (until === undefined || forGood.includes(line)) delete ends[line];
        else ends[line] = until;
      }
      return {
        write: [...new Set([...held.write, ...write])],
        effects: [...new Set([...held.effects, ...effects])],
        until: ends,
      };
    },
    `Grants ${actor} ${[write.length > 0 ? `to write ${write.join(', ')}` : '', ...effects].filter(Boolean).join(', ')}${until ? ` until ${until}` : ''}`,
  );

export const grant: Handler<'grant'> = async (kernel, caller, { actor, write, effects, until }) => {
  if (!write?.length && !effects?.length) return err('EINVAL', 'Say what to grant: write, effects or both.');
  const unclear = effects?.find((line) => parseGrant(line) === undefined);
  if (unclear !== undefined)
    return err(
      'EINVAL',
      `"${unclear}" is not a grant. Write for example: http GET https://api.example.com/v1/** as read`,
    );
  return grantLines(kernel, caller, actor, {
    ...(write ? { write } : {}),
    ...(effects ? { effects } : {}),
    ...(until ? { until } : {}),
  });
};

export const revoke: Handler<'revoke'> = (kernel, caller, { actor, write, effects }) =>
  change(
    kernel,
    caller,
    actor,
    (held) =>
      write || effects
        ? {
            ...held,
            write: held.write.filter((line) => !write?.includes(line)),
            effects: held.effects.filter((line) => !effects?.includes(line)),
          }
        : NONE,
    `Revokes grants of ${actor}`,
  );
