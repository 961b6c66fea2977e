// The look keeps its promises: every text colour is readable on every ground it may meet, colours live in tokens
// alone, no component carries a style attribute, and no component names a class that the theme does not have.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const room = fileURLToPath(new URL('..', import.meta.url));
const sheets = readdirSync(here).filter((name) => name.endsWith('.css'));
const css = new Map(sheets.map((name) => [name, readFileSync(here + name, 'utf8')]));
const components = readdirSync(room)
  .filter((name) => name.endsWith('.tsx'))
  .map((name) => ({ name, text: readFileSync(room + name, 'utf8') }));

type Theme = 0 | 1;
const tokens = new Map(
  [...(css.get('tokens.css') ?? '').matchAll(/--([\w-]+):\s*(light-dark\([^;]+\)|var\([^;]+\));/g)].map((m) => [
    m[1]!,
    m[2]!,
  ]),
);
const colour = (name: string, theme: Theme): string => {
  const value = tokens.get(name) ?? '';
  const alias = /^var\(--([\w-]+)\)$/.exec(value);
  return alias ? colour(alias[1]!, theme) : (value.match(/#[0-9a-f]{6}/gi)?.[theme] ?? `no colour for --${name}`);
};
const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
/** Contrast ratio as WCAG 2 defines it. */
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};

const GROUNDS = ['sunken', 'ground', 'surface', 'raised', 'hover', 'selected'];
const WHO = ['operator', 'agent', 'program', 'daemon', 'outside'];
const INK = ['ink', 'ink-2', 'ink-3'];

function* pairs(): Generator<[text: string, ground: string, least: number]> {
  for (const ground of GROUNDS) {
    for (const text of [...INK, ...WHO, 'wait', 'fail']) yield [text, ground, 4.5];
    yield ['edge', ground, 3];
    yield ['focus', ground, 3];
  }
  for (const who of [...WHO, 'wait', 'fail']) for (const text of [who, ...INK]) yield [text, `${who}-soft`, 4.5];
  for (const change of ['add', 'del']) {
    for (const text of [change, 'ink', 'ink-3']) yield [text, `${change}-soft`, 4.5];
    for (const text of [change, 'ink']) yield [text, `${change}-word`, 4.5];
  }
  yield ['on-accent', 'accent', 4.5];
  yield ['on-accent', 'accent-hover', 4.5];
  yield ['on-fail', 'fail', 4.5];
}

describe('theme', () => {
  it('[A38] keeps text at 4.5:1 and edges at 3:1 on every ground, light and dark', () => {
    const low: string[] = [];
    for (const [text, ground, least] of pairs())
      for (const theme of [0, 1] as const) {
        const ratio = contrast(colour(text, theme), colour(ground, theme));
        if (!(ratio >= least)) low.push(`${theme ? 'dark' : 'light'}: ${text} on ${ground} is ${ratio.toFixed(2)}`);
      }
    expect(low).toEqual([]);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it('takes every colour from tokens.css', () => {
    const strays = [...css].flatMap(([name, text]) =>
      name === 'tokens.css' ? [] : (text.match(/#[0-9a-f]{3,8}\b/gi) ?? []).map((hex) => `${name} ${hex}`),
    );
    // A pairing code is read by a camera: black on white in both themes.
    expect(strays).toEqual(['screens.css #fff']);
  });

  it('uses no variable that nothing defines', () => {
    const all = [...css.values()].join('\n');
    const known = new Set([...all.matchAll(/(--[\w-]+)\s*:/g)].map((m) => m[1]!));
    for (const { text } of components) for (const m of text.matchAll(/'(--[\w-]+)'/g)) known.add(m[1]!);
    const missing = [...all.matchAll(/var\((--[\w-]+)\)/g)].map((m) => m[1]!).filter((name) => !known.has(name));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('carries no style attribute: the policy is style-src self', () => {
    expect(components.filter(({ text }) => /\sstyle(=|:)/.test(text)).map(({ name }) => name)).toEqual([]);
  });

  it('defines every class that a component names', () => {
    const all = [...css.values()].join('\n');
    const defined = new Set([...all.matchAll(/\.([a-z][\w-]*)/gi)].map((m) => m[1]!));
    const named = components.flatMap(({ name, text }) =>
      [...text.matchAll(/\bclass="([^"]+)"/g)].flatMap((m) => m[1]!.split(' ').map((word) => ({ name, word }))),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ word }) => !defined.has(word)).map(({ name, word }) => `${name} ${word}`)).toEqual([]);
  });
});
