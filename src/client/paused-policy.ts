/**
 * The one global stop, in policy.yaml: only its own word is changed, over what was read just now. It loads the YAML
 * library, so import it lazily from what is needed at once.
 */
import { err, ok, type Result } from '../../kernel/protocol/errors.ts';
import type { Client } from './client.ts';
import { withPaused } from './policy-text.ts';

const POLICY = '/system/policy.yaml';

/** Said once agents may work again. */
export const WORKS_AGAIN = 'Agents may work again, within what you granted. A run that was ended stays ended.';

/** Answers whether that changed anything. */
export const setPaused = async ({ stub }: Pick<Client, 'stub'>, paused: boolean): Promise<Result<boolean>> => {
  const read = await stub.read(POLICY, { as: 'text' });
  if (!read.ok && read.error.code !== 'ENOENT') return read;
  const text = read.ok ? String(read.value.content) : '';
  const next = withPaused(text, paused);
  if (next === text) {
    // Nothing to change, or nothing that can be: a text that does not parse is given back as it is.
    const { parsePolicy } = await import('../../kernel/protocol/formats/policy.ts');
    const policy = parsePolicy(POLICY, text);
    if (!policy.ok) return policy;
    return policy.value.paused === paused
      ? ok(false)
      : err(
          'EINVAL',
          `Write paused: ${String(paused)} in policy.yaml yourself: its text cannot be changed in one word.`,
        );
  }
  const base = read.ok ? read.value.stat.revision : null;
  const written = await stub.write([{ op: 'put', path: POLICY, content: next, base }], {
    message: paused ? 'Stopped everything' : 'Lets agents work again',
  });
  return written.ok ? ok(true) : written;
};
