// The weigher follows static imports and re-exports, counts shared files once, and leaves lazy chunks out.
import { expect, test } from 'vitest';
import { firstLoadFiles } from './first-load.ts';

const files = new Map([
  [
    'assets/index.js',
    `import{a}from"./shared.js";import("./editor.js");new Worker(new URL("kernel.js",import.meta.url));a`,
  ],
  ['assets/kernel.js', `import"./shared.js";export*from"./deep/more.js";const s='import "./editor.js"';s`],
  ['assets/shared.js', `export const a=1`],
  ['assets/deep/more.js', `export{a as b}from"../shared.js"`],
  ['assets/editor.js', `export const big=1`],
]);
const weighed = (...roots: string[]): string[] =>
  firstLoadFiles(files, roots)
    .map(({ file }) => file)
    .sort();

test('static imports and re-exports count once, dynamic imports and strings do not', () => {
  expect(weighed('assets/index.js', 'assets/kernel.js')).toEqual([
    'assets/deep/more.js',
    'assets/index.js',
    'assets/kernel.js',
    'assets/shared.js',
  ]);
});

test('a worker is not loaded by the page that names it, only as a root of its own', () => {
  expect(weighed('assets/index.js')).toEqual(['assets/index.js', 'assets/shared.js']);
});

test('weights are gzipped sizes, heaviest first', () => {
  const long = new Map([
    ['a.js', 'export{}'],
    ['b.js', `export const t="${'ab'.repeat(5000)}"`],
  ]);
  const weights = firstLoadFiles(long, ['a.js', 'b.js']);
  expect(weights.map(({ file }) => file)).toEqual(['b.js', 'a.js']);
  expect(weights[0]?.gzipped).toBeLessThan(200);
});
