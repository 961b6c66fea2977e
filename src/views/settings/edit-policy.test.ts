import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../kernel/protocol/formats/policy.ts';
import { withPaused } from '../../client/policy-text.ts';
import { withAutonomy, withModel, withoutModel } from './edit-policy.ts';

const TEXT = `# What agents may do alone. Yours only.
autonomy: bounded        # manual | bounded | autonomous
ceiling: { usd: 0 }      # up to and including this value
paused: false            # the one global stop
grants:
  "agent:shell": { write: [/workspace/**] }
models: {}               # set in Settings
`;
const ENTRY = {
  provider: 'anthropic',
  base_url: 'https://api.anthropic.com',
  model: 'claude-sonnet-5-5',
  secret: 'MODEL_KEY',
};
const parsed = (text: string) => {
  const policy = parsePolicy('/system/policy.yaml', text);
  if (!policy.ok) throw new Error(policy.error.message);
  return policy.value;
};

describe('changes to policy.yaml', () => {
  test('setting a model keeps every other line and comment as it was', () => {
    const after = withModel(TEXT, ENTRY);
    expect(parsed(after).models['default']).toMatchObject(ENTRY);
    expect(after.startsWith(TEXT.slice(0, TEXT.indexOf('models:')))).toBe(true);
    for (const comment of TEXT.match(/#.*/g) ?? []) expect(after).toContain(comment);
    expect(after).toMatch(/models:[^\n]*\n {2}default:\n {4}provider: anthropic/);
  });

  test('setting it again changes only what changed, and keeps fields that are not ours', () => {
    const first = withModel(TEXT, { ...ENTRY, price: { input: 3, output: 15 } }).replace(
      'model: claude-sonnet-5-5',
      'model: claude-sonnet-5-5\n    max_tokens: 4096',
    );
    const after = withModel(first, { provider: 'anthropic', base_url: 'http://localhost:11434', model: 'qwen' });
    expect(parsed(after).models['default']).toEqual({
      provider: 'anthropic',
      base_url: 'http://localhost:11434',
      model: 'qwen',
      max_tokens: 4096,
    });
  });

  test('a finer price keeps its cache figures when input and output change', () => {
    const text = withModel(TEXT, ENTRY).trimEnd() + '\n    price: { input: 1, output: 2, cache_read: 0.1 }\n';
    expect(parsed(withModel(text, { ...ENTRY, price: { input: 3, output: 15 } })).models['default']?.price).toEqual({
      input: 3,
      output: 15,
      cache_read: 0.1,
    });
  });

  test('works on an empty policy, and takes the model out again', () => {
    expect(parsed(withModel('', ENTRY)).models['default']?.model).toBe('claude-sonnet-5-5');
    expect(parsed(withoutModel(withModel(TEXT, ENTRY))).models).toEqual({});
  });

  test('autonomy and the stop change one value each', () => {
    const after = withPaused(withAutonomy(TEXT, 'manual'), true);
    expect(parsed(after)).toMatchObject({ autonomy: 'manual', paused: true });
    expect(after).toBe(TEXT.replace('autonomy: bounded', 'autonomy: manual').replace('paused: false', 'paused: true'));
  });

  test('a section in the middle is changed in its place', () => {
    const text = 'models: {}\n# what may be written\ngrants:   {}\n';
    const after = withModel(text, ENTRY);
    expect(after.endsWith('# what may be written\ngrants:   {}\n')).toBe(true);
    expect(parsed(withAutonomy('paused: false\n', 'manual'))).toMatchObject({ autonomy: 'manual', paused: false });
  });

  test('a policy in one flow map is still changed', () => {
    expect(parsed(withModel('{ paused: true }', ENTRY))).toMatchObject({ paused: true, models: { default: ENTRY } });
  });

  test('a text that is not YAML is left alone', () => {
    expect(withAutonomy('a: [', 'manual')).toBe('a: [');
  });
});
