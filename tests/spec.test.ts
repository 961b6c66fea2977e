// Every numbered rule of kernel/SPEC.md is cited by the title of a test that runs, and no test cites a rule that is not there.
// Acceptance behaviours, [A1] and so on, are a list of their own and are free to be cited.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isTest, readSources } from './sources.ts';
import { testTitlesOf, type SourceFile } from './syntax.ts';

const specPath = fileURLToPath(new URL('../kernel/SPEC.md', import.meta.url));

/** Ids of the rules: lines such as `- **[J3]** text`. */
function rulesOf(spec: string): string[] {
  return [...spec.matchAll(/^\s*[-*] \*\*\[([A-Z]+\d+)\]\*\*/gm)].map(([, id = '']) => id);
}

/** Ids in test titles, each with the file that cites it first: `[J3]` or `[J3, J4]`. */
function citationsOf(files: readonly SourceFile[]): Map<string, string> {
  const cited = new Map<string, string>();
  for (const file of files) {
    for (const title of testTitlesOf(file)) {
      for (const [, ids = ''] of title.matchAll(/\[([A-Z]+\d+(?:[ ,]+[A-Z]+\d+)*)\]/g)) {
        for (const id of ids.split(/[ ,]+/)) if (!cited.has(id)) cited.set(id, file.path);
      }
    }
  }
  return cited;
}

const isAcceptance = (id: string): boolean => /^A\d+$/.test(id);

function faults(spec: string, files: readonly SourceFile[]): string[] {
  const rules = rulesOf(spec);
  const cited = citationsOf(files);
  return [
    ...rules.filter((id, i) => rules.indexOf(id) !== i).map((id) => `[${id}] is written twice`),
    ...rules.filter((id) => !cited.has(id)).map((id) => `[${id}] is cited by no test`),
    ...[...cited]
      .filter(([id]) => !rules.includes(id) && !isAcceptance(id))
      .map(([id, path]) => `${path} cites [${id}], which is no rule`),
  ];
}

// This file's own titles and planted examples are about ids, so it does not count itself.
const own = 'tests/spec.test.ts';

test.skipIf(!existsSync(specPath))('every rule of SPEC.md is cited by a test, every cited rule exists', () => {
  const spec = readFileSync(specPath, 'utf8');
  expect(rulesOf(spec).length).toBeGreaterThan(0);
  expect(
    faults(
      spec,
      readSources(['kernel', 'src', 'programs', 'tests'], (path) => isTest(path) && path !== own),
    ),
  ).toEqual([]);
});

describe('a planted gap is caught:', () => {
  const spec = '# Journal\n- **[J1]** One.\n- **[J2]** Two, like [J9].\n';
  const tests = (text: string): SourceFile[] => [{ path: 'kernel/journal/chain.test.ts', text }];

  test('all cited', () => {
    expect(faults(spec, tests(`test('[J1] one', f); it.each([1])('[J2] [A14] two %s', f);`))).toEqual([]);
    expect(faults(spec, tests(`describe('[J1, J2] both', f);`))).toEqual([]);
  });
  test('a rule without a test', () => {
    expect(faults(spec, tests(`test('[J1] one', f);`))).toEqual(['[J2] is cited by no test']);
  });
  test('a skipped or commented test proves nothing', () => {
    expect(faults(spec, tests(`test('[J1] one', f); test.skip('[J2] two', f); // test('[J2] two', f)`))).toHaveLength(
      1,
    );
    expect(faults(spec, tests(`test('[J1] one', f); test.todo('[J2] two');`))).toHaveLength(1);
  });
  test('a rule that does not exist', () => {
    expect(faults(spec, tests(`test('[J1] [J2] one', f); test('[J7] x', f); test('[Z1] y', f);`))).toEqual([
      expect.stringContaining('cites [J7]'),
      expect.stringContaining('cites [Z1]'),
    ]);
  });
  test('a rule written twice', () => {
    expect(faults(`${spec}- **[J1]** Again.\n`, tests(`test('[J1] [J2] one', f);`))).toEqual(['[J1] is written twice']);
  });
});
