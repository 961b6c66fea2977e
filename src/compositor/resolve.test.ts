import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolve, type Layout, type ProgramSurfaces } from './resolve.ts';

const surfaceYaml = (id: string, title: string, order: number, widget = 'metric'): string =>
  [
    `  - id: ${id}`,
    `    title: ${title}`,
    '    archetype: dashboard',
    `    order: ${order}`,
    '    panels:',
    `      - { widget: ${widget}, bind: { glob: /workspace/x/*.md } }`,
  ].join('\n');

const fileOf = (name: string, text: string) => ({ path: `/programs/${name}/org.allod/surfaces.yaml`, text });
const program = (name: string, text: string, more: Partial<ProgramSurfaces> = {}): ProgramSurfaces => ({
  name,
  title: name.toUpperCase(),
  active: true,
  surfacesText: fileOf(name, text),
  ...more,
});

/** Programs with distinct names whose surfaces often share ids, titles and orders; some files are malformed. */
const programs = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'zeta'),
    title: fc.constantFrom('Desk', 'Shop', 'desk'),
    active: fc.constantFrom(true, true, true, false),
    text: fc.oneof(
      fc
        .uniqueArray(
          fc.record({
            id: fc.constantFrom('desk', 'brief', 'queue'),
            title: fc.constantFrom('Same title', 'Other'),
            order: fc.constantFrom(10, 10, 20),
            widget: fc.constantFrom('metric', 'table', 'gauge'),
          }),
          { selector: ({ id }) => id, minLength: 1 },
        )
        .map(
          (list) =>
            `surfaces:\n${list.map(({ id, title, order, widget }) => surfaceYaml(id, title, order, widget)).join('\n')}\nchips: [Ask, Ask, "And?"]\n`,
        ),
      fc.constantFrom('surfaces: [', 'surfaces: 7', '', ': : :', 'surfaces:\n  - not a surface\n', '- 1'),
      fc.string({ maxLength: 40 }),
    ),
    override: fc.option(fc.constantFrom(`surfaces:\n${surfaceYaml('mine', 'Mine', 5)}\n`, 'surfaces: ['), {
      nil: undefined,
    }),
  }),
  { selector: ({ name }) => name, maxLength: 5 },
);
type Drawn = Parameters<Parameters<(typeof programs)['map']>[0]>[0][number];
const asProgram = ({ name, title, active, text, override }: Drawn): ProgramSurfaces => ({
  name,
  title,
  active,
  surfacesText: fileOf(name, text),
  ...(override === undefined ? {} : { override: { path: `/workspace/surfaces/${name}.yaml`, text: override } }),
});

const without = ({ surfaces, chips }: Layout, name: string): Layout => ({
  surfaces: surfaces.filter((placed) => placed.program !== name),
  chips: chips.filter((chip) => chip.program !== name),
});

describe('resolve: surfaces of many programs', () => {
  test('[A26] the layout does not depend on the order the programs came in', () => {
    fc.assert(
      fc.property(
        programs.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(resolve(shuffled.map(asProgram))).toEqual(resolve(list.map(asProgram)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('[A26] removing or deactivating one program leaves the others as they were', () => {
    fc.assert(
      fc.property(programs, (list) => {
        const all = list.map(asProgram);
        for (const { name } of all) {
          const rest = without(resolve(all), name);
          expect(resolve(all.filter((each) => each.name !== name))).toEqual(rest);
          expect(resolve(all.map((each) => (each.name === name ? { ...each, active: false } : each)))).toEqual(rest);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('[A26] whatever one program’s file holds, its neighbours are untouched and nothing throws', () => {
    const sound = [
      program('alpha', `surfaces:\n${surfaceYaml('desk', 'Desk', 10)}\n`),
      program('beta', `surfaces:\n${surfaceYaml('desk', 'Desk', 10)}\n`),
    ];
    const alone = resolve(sound);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `surfaces:\n  - ${text}`),
        ),
        (text) => {
          expect(without(resolve([...sound, program('hostile', text)]), 'hostile')).toEqual(alone);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('every key is program/id and unique', () => {
    fc.assert(
      fc.property(programs, (list) => {
        const keys = resolve(list.map(asProgram)).surfaces.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test('[A26] sorted by order, then title, then program', () => {
    const layout = resolve([
      program('zeta', `surfaces:\n${surfaceYaml('a', 'Same', 10)}\n${surfaceYaml('b', 'First', 5)}\n`),
      program('alpha', `surfaces:\n${surfaceYaml('a', 'Same', 10)}\n${surfaceYaml('c', 'Another', 10)}\n`),
    ]);
    expect(layout.surfaces.map(({ key }) => key)).toEqual(['zeta/b', 'alpha/c', 'alpha/a', 'zeta/a']);
  });

  test('a broken surface is a card with file, line, what was expected and the lines around it', () => {
    const text = `surfaces:\n${surfaceYaml('desk', 'Desk', 10)}\n${surfaceYaml('risk', 'Risk', 20, 'gauge')}\n`;
    const { surfaces } = resolve([program('trader', text)]);
    expect(surfaces.map(({ key, kind }) => [key, kind])).toEqual([
      ['trader/desk', 'surface'],
      ['trader/risk', 'broken'],
    ]);
    const card = surfaces[1];
    expect(card).toMatchObject({
      kind: 'broken',
      title: 'Risk',
      path: '/programs/trader/org.allod/surfaces.yaml',
      line: 13,
      message: '"gauge" is not a widget. Expected markdown, metric, table, list, queue.',
      own: false,
      source: { from: 12, text: '    panels:\n      - { widget: gauge, bind: { glob: /workspace/x/*.md } }' },
    });
  });

  test('a noun phrase from the schema reads as a sentence', () => {
    const { surfaces } = resolve([
      program(
        'x',
        'surfaces:\n  - { id: a, title: A, archetype: wall, panels: [{ widget: metric, bind: { file: /a } }] }\n',
      ),
    ]);
    expect(surfaces[0]).toMatchObject({
      kind: 'broken',
      message: 'Expected one of document, dashboard, queue, briefing, stream.',
    });
  });

  test('a file that is no YAML is one card under the program’s title', () => {
    const { surfaces, chips } = resolve([program('shop', 'surfaces:\n  - [\nchips: [a]')]);
    expect(surfaces).toHaveLength(1);
    expect(surfaces[0]).toMatchObject({ kind: 'broken', key: 'shop/surfaces', title: 'SHOP' });
    expect(surfaces[0]?.kind === 'broken' && surfaces[0].message).toMatch(/^This file is not valid YAML: /);
    expect(chips).toEqual([]);
  });

  test('two surfaces with one id: the first stands, the second says so', () => {
    const { surfaces } = resolve([
      program('x', `surfaces:\n${surfaceYaml('a', 'One', 1)}\n${surfaceYaml('a', 'Two', 2)}\n`),
    ]);
    expect(surfaces.map(({ key, kind }) => [key, kind])).toEqual([
      ['x/a', 'surface'],
      ['x/a#1', 'broken'],
    ]);
    expect(surfaces[1]).toMatchObject({ message: 'The id "a" is used twice.' });
  });

  test('the operator’s own file wins, sound or broken, and does nothing for an inactive program', () => {
    const own = { path: '/workspace/surfaces/x.yaml', text: `surfaces:\n${surfaceYaml('mine', 'Mine', 1)}\n` };
    const text = `surfaces:\n${surfaceYaml('theirs', 'Theirs', 1)}\n`;
    expect(resolve([program('x', text, { override: own })]).surfaces.map(({ key, own: mine }) => [key, mine])).toEqual([
      ['x/mine', true],
    ]);
    const faulty = resolve([program('x', text, { override: { ...own, text: 'surfaces: [' } })]);
    expect(faulty.surfaces[0]).toMatchObject({ kind: 'broken', path: own.path, own: true });
    expect(resolve([program('x', text, { override: own, active: false })])).toEqual({ surfaces: [], chips: [] });
  });

  test('chips are the program’s, each once', () => {
    const { chips } = resolve([
      program('b', 'surfaces: []\nchips: [One, Two, One]'),
      program('a', 'surfaces: []\nchips: [Zed]'),
    ]);
    expect(chips.map(({ program: name, text }) => [name, text])).toEqual([
      ['a', 'Zed'],
      ['b', 'One'],
      ['b', 'Two'],
    ]);
  });
});
