/**
 * The operator's policy, parsed as the kernel parses it. The parser (yaml, zod) is fetched when the page first comes to
 * rest, so that it does not stand in the way of the first screen.
 */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import type { Policy } from '../../kernel/protocol/formats/policy.ts';
import { useClient } from './context.ts';
import { createLive, type Live } from './live.ts';
import { rested } from './rested.ts';

const POLICY = '/system/policy.yaml';

export const createPolicy = (): Live<Policy> => {
  const client = useClient();
  return createLive(
    () => POLICY,
    async (): Promise<Result<Policy>> => {
      const [file, { parsePolicy }] = await Promise.all([
        client.stub.read(POLICY, { as: 'text' }),
        rested().then(() => import('../../kernel/protocol/formats/policy.ts')),
      ]);
      if (!file.ok) return file.error.code === 'ENOENT' ? parsePolicy(POLICY, '') : file;
      const parsed = parsePolicy(POLICY, typeof file.value.content === 'string' ? file.value.content : '');
      return parsed.ok ? ok(parsed.value) : parsed;
    },
  );
};

/** The model the shell would use, by its name; undefined when none is connected. */
export const modelOf = (policy: Policy | undefined): string | undefined =>
  (policy?.models['default'] ?? Object.values(policy?.models ?? {})[0])?.model;
