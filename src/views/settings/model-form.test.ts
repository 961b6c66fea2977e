import { describe, expect, test } from 'vitest';
import { policySchema } from '../../../kernel/protocol/formats/policy.ts';
import { emptyForm, entryOf, errorsOf, formOf, presetOf } from './model-form.ts';

describe('the form that connects a model', () => {
  const local = { ...emptyForm(), preset: 'ollama' as const, address: 'http://localhost:11434/', model: 'qwen' };

  test('a server on this computer needs no key, Anthropic does', () => {
    expect(errorsOf(local, undefined)).toEqual({});
    expect(errorsOf({ ...emptyForm(), model: 'claude-sonnet-5-5' }, undefined).key).toMatch(/without a key/);
    expect(
      errorsOf({ ...emptyForm(), model: 'm' }, { name: 'MODEL_KEY', origins: ['https://api.anthropic.com'] }),
    ).toEqual({});
  });

  test('[A37] a kept key is never carried to another place', () => {
    const kept = { name: 'MODEL_KEY', origins: ['https://api.anthropic.com'] };
    expect(
      errorsOf({ ...emptyForm(), preset: 'other', address: 'https://gateway.example', model: 'm' }, kept).key,
    ).toMatch(/only/);
  });

  test('an address without https must be this computer; prices come in pairs', () => {
    expect(errorsOf({ ...local, address: 'http://gateway.example' }, undefined).address).toMatch(/https/);
    expect(errorsOf({ ...local, address: 'localhost' }, undefined).address).toMatch(/full address/);
    expect(errorsOf({ ...local, priceIn: '3' }, undefined).price).toMatch(/both/);
    expect(errorsOf({ ...local, priceIn: 'x', priceOut: '1' }, undefined).price).toMatch(/number/);
  });

  test('what is written reads back as the same form', () => {
    const entry = entryOf({ ...local, priceIn: '0,5', priceOut: '2' }, undefined);
    expect(entry).toEqual({
      provider: 'anthropic',
      base_url: 'http://localhost:11434',
      model: 'qwen',
      price: { input: 0.5, output: 2 },
    });
    expect(formOf(policySchema.parse({ models: { default: entry } }))).toEqual({
      preset: 'ollama',
      address: 'http://localhost:11434',
      model: 'qwen',
      key: '',
      priceIn: '0.5',
      priceOut: '2',
    });
    expect(presetOf('https://gateway.example')).toBe('other');
  });
});
