import { expect, test } from 'vitest';
import { blocks, spans } from './prose-blocks.ts';

test('paragraphs, lists, headings and fenced code are told apart', () => {
  expect(blocks('Two things.\nStill one.\n\n- a\n- b\n\n# Then\n```sh\nls\n\n- x\n```\nend')).toEqual([
    { kind: 'text', lines: ['Two things.', 'Still one.'] },
    { kind: 'list', lines: ['a', 'b'] },
    { kind: 'head', lines: ['Then'] },
    { kind: 'code', lines: ['ls', '', '- x'] },
    { kind: 'text', lines: ['end'] },
  ]);
});

test("paths of ours become links, with their line, without the sentence's full stop", () => {
  expect(spans('See /workspace/a/b.md:14 and `/system/policy.yaml`, then /workspace/c.md.')).toEqual([
    { kind: 'text', text: 'See ' },
    { kind: 'path', text: '/workspace/a/b.md', line: 14 },
    { kind: 'text', text: ' and ' },
    { kind: 'path', text: '/system/policy.yaml' },
    { kind: 'text', text: ', then ' },
    { kind: 'path', text: '/workspace/c.md' },
    { kind: 'text', text: '.' },
  ]);
});

test('no text is lost, whatever it looks like', () => {
  for (const text of [
    'a **b** c',
    '**unclosed',
    '`x` <img onerror=1> /etc/passwd',
    '/workspace',
    'https://x/workspace/y',
  ]) {
    const shown = spans(text).map((span) =>
      span.kind === 'bold' ? `**${span.text}**` : span.kind === 'code' ? `\`${span.text}\`` : span.text,
    );
    expect(shown.join('')).toBe(text);
  }
});
