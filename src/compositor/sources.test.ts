import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { panelSchema } from '../../kernel/protocol/formats/surfaces.ts';
import { matcher } from '../../kernel/protocol/paths.ts';
import { dependsOn, literally, reach } from './sources.ts';

const PROFILES = '/workspace/context/competitors/*/profile.md';

describe('reach', () => {
  test('the folder a pattern cannot leave, and how deep it goes', () => {
    expect(reach(PROFILES)).toEqual({ folder: '/workspace/context/competitors', depth: 2 });
    expect(reach('/workspace/**/x.md')).toEqual({ folder: '/workspace', depth: 64 });
    expect(reach('/workspace/{a,b/c}/x.md')).toEqual({ folder: '/workspace', depth: 64 });
    expect(reach('/workspace/{a,{b,c}/d}/x.md')).toEqual({ folder: '/workspace', depth: 64 });
    expect(reach('/workspace/a.md')).toEqual({ folder: '/workspace', depth: 1 });
  });
});

describe('dependsOn', () => {
  const watches = (bind: object): ((path: string) => boolean) =>
    matcher(dependsOn(panelSchema.parse({ widget: 'list', bind }).bind));

  test('a glob is woken by what it matches, and by its folders', () => {
    const wakes = watches({ glob: PROFILES });
    expect(wakes('/workspace/context/competitors/new/profile.md')).toBe(true);
    expect(wakes('/workspace/context/competitors/new')).toBe(true);
    expect(wakes('/workspace/context')).toBe(true);
    expect(wakes('/workspace/context/competitors/new/notes.md')).toBe(false);
    expect(wakes('/workspace/inbox')).toBe(false);
  });

  test('{latest} and {date} are woken by any name in their place', () => {
    for (const name of ['{latest}', '{date}']) {
      const wakes = watches({ file: `/workspace/briefings/${name}.md` });
      expect(wakes('/workspace/briefings/2026-11-18.md')).toBe(true);
      expect(wakes('/workspace/briefings/x.txt')).toBe(false);
    }
  });

  test('proposals and runs are woken by their records', () => {
    expect(watches({ proposals: {} })('/system/proposals/a.json')).toBe(true);
    expect(watches({ runs: {} })('/system/runs/2026-11-17/a.jsonl')).toBe(true);
    expect(watches({ runs: {} })('/system/proposals/a.json')).toBe(false);
  });

  test('any file name, however odd, is woken by itself; a plain one by itself alone', () => {
    const text = (...units: string[]) =>
      fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 8 }).filter((name) => !/^\.+$/.test(name));
    const odd = text(
      'a',
      'b',
      '*',
      '?',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '!',
      '+',
      '@',
      '|',
      '.',
      ' ',
      ',',
      'é',
      '\\',
      '^',
      '$',
    );
    const plain = text('a', 'b', '[', ']', '(', ')', '!', '+', '.', ' ', ',', 'é', '^', '$');
    const wakes = (name: string, by: string): boolean => matcher(literally(`/workspace/${name}`))(`/workspace/${by}`);
    fc.assert(
      fc.property(odd, (name) => {
        expect(wakes(name, name)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(plain, plain, (name, other) => {
        expect(wakes(name, other)).toBe(name === other);
      }),
      { numRuns: 1000 },
    );
  });
});
