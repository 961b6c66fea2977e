import { expect, test } from 'vitest';
import { noticesIn } from './notices.ts';

test('a notice is told as the kernel wrote it; other lines of the narrative are not notices', () => {
  const lines = [
    '# 23 November',
    '- 08:31 **Korvane raises its price** (agent:writer, run 5e1f): From 1 January. <!-- material notice notice:1 -->',
    '- 08:32 **Done** (operator) <!-- material notice notice:2 -->',
    '- 08:32 **Write the briefing** (agent:writer, run 5e1f): done <!-- routine run run:5e1f -->',
    '- 08:33 something else happened',
  ];
  expect(noticesIn('/n.md', lines)).toEqual([
    { title: 'Korvane raises its price', body: 'From 1 January.', path: '/n.md' },
    { title: 'Done', body: '', path: '/n.md' },
  ]);
});
