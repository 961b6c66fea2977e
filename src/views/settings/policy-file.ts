/** policy.yaml as Settings holds it: its text, its revision, what it says, and one way to write it: over what was read. */
import type { Accessor } from 'solid-js';
import { err, type Result, type SysError } from '../../../kernel/protocol/errors.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import { useClient } from '../../client/context.ts';
import { createRead } from '../../client/live.ts';
import { createPolicy } from '../../client/policy.ts';

export const POLICY = '/system/policy.yaml';

export type PolicyFile = {
  policy: Accessor<Policy | undefined>;
  /** Why it cannot be read: nothing may act alone then. */
  error: Accessor<SysError | undefined>;
  text: Accessor<string | undefined>;
  stat: Accessor<Stat | undefined>;
  write: (text: string, message: string) => Promise<Result<{ revisions: string[] }>>;
};

export const createPolicyFile = (): PolicyFile => {
  const client = useClient();
  const policy = createPolicy();
  const file = createRead(() => POLICY, { as: 'text' });
  const text = () => {
    const content = file.value()?.content;
    return typeof content === 'string' ? content : undefined;
  };
  return {
    policy: policy.value,
    error: () => file.error() ?? policy.error(),
    text,
    stat: () => file.value()?.stat,
    write: async (next, message) => {
      if (next === text()) return err('EINVAL', 'Nothing was changed, so nothing was written.');
      return client.stub.write(
        [{ op: 'put', path: POLICY, content: next, base: file.value()?.stat.revision ?? null }],
        { message },
      );
    },
  };
};
