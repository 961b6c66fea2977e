import { expect, test } from 'vitest';
import { titleWith } from './badge.ts';

test('the title says how much waits, and nothing when nothing does', () => {
  expect([0, 1, 12].map(titleWith)).toEqual(['Allod', '(1) Allod', '(12) Allod']);
});
