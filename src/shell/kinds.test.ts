/** The two shells are rows over one stub: nothing but the table knows them, and neither knows the other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '..');

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name));

/** Static and dynamic: a file fetched later is known all the same. */
const importsOf = (file: string): { from: string; typeOnly: boolean }[] => {
  const text = readFileSync(file, 'utf8');
  const fixed = [...text.matchAll(/^import\s+(type\s)?[^;]*?from\s+'([^']+)';/gms)];
  const later = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...fixed.map(([, type, from]) => ({ from: from ?? '', typeOnly: Boolean(type) })),
    ...later.map(([, from]) => ({ from: from ?? '', typeOnly: false })),
  ];
};

const importersOf = (name: string): string[] =>
  sources(SRC)
    .filter((file) => importsOf(file).some(({ from, typeOnly }) => from.endsWith(`/${name}`) && !typeOnly))
    .map((file) => file.slice(SRC.length + 1));

test('[A29] chat and command line are each known to the table alone: taking the row out takes the shell away', () => {
  expect(importersOf('ask.tsx')).toEqual(['shell/kinds.ts']);
  expect(importersOf('bash.tsx')).toEqual(['shell/kinds.ts']);
  expect(importersOf('AskTurn.tsx')).toEqual(['shell/ask.tsx']);
  expect(importersOf('BashTurn.tsx')).toEqual(['shell/bash.tsx']);
});

test('[A29] neither reaches past the client: of the kernel they import the protocol only', () => {
  for (const file of sources(join(SRC, 'shell'))) {
    for (const { from } of importsOf(file)) {
      if (from.includes('kernel/')) expect(from, file).toContain('/kernel/protocol/');
      expect(from, file).not.toMatch(/\/(views|widgets)\//);
    }
  }
});
