// Holds the walls of the house: none is broken in the tree, and every kind of breach planted here is caught.
import { describe, expect, test } from 'vitest';
import { roomOf, violations } from './rooms.ts';
import { isSource, readSources } from './sources.ts';

const HEAD = '// What it is.\n';
const plant = (path: string, code: string): string[] => violations([{ path, text: HEAD + code }]);

test('no file in the tree breaks the walls', () => {
  const files = readSources(['kernel', 'src', 'programs'], isSource);
  expect(files.length).toBeGreaterThan(0);
  expect(violations(files)).toEqual([]);
});

describe('a planted breach is caught:', () => {
  const breaches: [what: string, path: string, code: string, because: string][] = [
    ['fs imports agents', 'kernel/fs/tree.ts', `import { loop } from '../agents/loop.ts';`, 'fs may not import agents'],
    ['as a type', 'kernel/fs/tree.ts', `import type { Run } from '../agents/loop.ts';`, 'fs may not import agents'],
    [
      'as an inline type',
      'kernel/fs/tree.ts',
      `export type R = import('../agents/loop.ts').Run;`,
      'fs may not import agents',
    ],
    ['as a re-export', 'kernel/fs/tree.ts', `export * from '../agents/loop.ts';`, 'fs may not import agents'],
    ['as a named re-export', 'kernel/fs/tree.ts', `export { a } from '../agents/a.ts';`, 'fs may not import agents'],
    [
      'dynamically',
      'kernel/fs/tree.ts',
      `export const a = () => import('../agents/a.ts');`,
      'fs may not import agents',
    ],
    [
      'dynamically, computed',
      'kernel/fs/tree.ts',
      'export const a = (n: string) => import(`../agents/${n}.ts`);',
      'agents',
    ],
    [
      'as a worker',
      'kernel/fs/a.ts',
      `new Worker(new URL('../bash/worker.ts', import.meta.url));`,
      'fs may not import bash',
    ],
    ['by ?worker', 'kernel/fs/a.ts', `import W from '../bash/worker.ts?worker';`, 'fs may not import bash'],
    [
      'an agent reads the journal',
      'kernel/agents/a.ts',
      `import { c } from '../journal/commit.ts';`,
      'agents may not import journal',
    ],
    [
      'an agent opens the database',
      'kernel/agents/a.ts',
      `import Dexie from 'dexie';`,
      'must not know the library dexie',
    ],
    ['the journal knows Yjs', 'kernel/journal/a.ts', `import * as Y from 'yjs';`, 'must not know the library yjs'],
    ['the kernel knows the screen', 'kernel/boot/a.ts', `import { render } from 'solid-js/web';`, 'solid-js/web'],
    [
      'the kernel imports the page',
      'kernel/boot/a.ts',
      `import { a } from '../../src/ui/a.tsx';`,
      'boot may not import ui',
    ],
    ['the kernel knows Node', 'kernel/fs/a.ts', `import { readFile } from 'node:fs';`, 'node:fs'],
    ['ui imports client', 'src/ui/A.tsx', `import { c } from '../client/stub.ts';`, 'ui may not import client'],
    [
      'ui imports the protocol',
      'src/ui/A.tsx',
      `import type { P } from '../../kernel/protocol/p.ts';`,
      'ui may not import protocol',
    ],
    [
      'ui takes another library',
      'src/ui/A.tsx',
      `import { marked } from 'marked';`,
      'ui may not import the library marked',
    ],
    [
      'compositor calls the gate',
      'src/compositor/a.ts',
      `import { d } from '../../kernel/syscalls/dispatch.ts';`,
      'syscalls',
    ],
    [
      'a widget knows a widget',
      'src/widgets/chart.tsx',
      `import { T } from './list.tsx';`,
      'widget chart may not import the widget list',
    ],
    [
      'a view opens the database',
      'src/views/A.tsx',
      `import Dexie from 'dexie';`,
      'views must not know the library dexie',
    ],
    [
      'the page imports the kernel',
      'src/main.tsx',
      `import { b } from '../kernel/boot/worker.ts';`,
      'main may not import boot',
    ],
    [
      'protocol imports dexie',
      'kernel/protocol/a.ts',
      `import Dexie from 'dexie';`,
      'protocol may not import the library dexie',
    ],
    [
      'protocol imports a room',
      'kernel/protocol/a.ts',
      `import { t } from '../fs/tree.ts';`,
      'protocol may not import fs',
    ],
    [
      'protocol uses the DOM',
      'kernel/protocol/a.ts',
      `export const t = () => document.title;`,
      `the platform's document`,
    ],
    ['protocol uses a platform type', 'kernel/protocol/a.ts', `export type W = Worker;`, `the platform's Worker`],
    [
      'a program knows the kernel',
      'programs/shop/a.ts',
      `import { t } from '../../kernel/fs/tree.ts';`,
      'programs may not import fs',
    ],
    ['a drawer', 'kernel/fs/utils/a.ts', '', 'says nothing'],
    ['a drawer in a file name', 'src/ui/helpers.ts', '', 'says nothing'],
    ['a room that is not in the house', 'kernel/cache/a.ts', '', 'in no room'],
    ['a kernel room in the page', 'src/journal/a.ts', '', 'in no room'],
    ['a file loose in the kernel', 'kernel/a.ts', '', 'in no room'],
    ['too long', 'kernel/fs/tree.ts', 'export {};\n'.repeat(300), '301 lines'],
  ];
  test.each(breaches)('%s', (_what, path, code, because) => {
    expect(plant(path, code)).toEqual([expect.stringContaining(because)]);
  });

  test('no opening comment', () => {
    expect(violations([{ path: 'kernel/fs/tree.ts', text: 'export const a = 1;\n' }])).toEqual([
      expect.stringContaining('does not open with a comment'),
    ]);
  });
});

describe('what the table allows is left alone:', () => {
  const allowed: [what: string, path: string, code: string][] = [
    ['own room', 'kernel/agents/loop.ts', `import { p } from './providers/messages.ts';`],
    ['protocol from anywhere in the kernel', 'kernel/agents/loop.ts', `import type { P } from '../protocol/paths.ts';`],
    [
      'a pure library',
      'kernel/protocol/a.ts',
      `import { sha256 } from '@noble/hashes/sha2.js'; import { z } from 'zod';`,
    ],
    ['a property called document', 'kernel/protocol/a.ts', `export const t = (a: { document: 1 }) => a.document;`],
    ['a parameter called self', 'kernel/protocol/a.ts', `export const t = (self: string) => self;`],
    ['boot holds every key', 'kernel/boot/worker.ts', `import { l } from '../agents/loop.ts'; import D from 'dexie';`],
    ['the shell starts its worker', 'kernel/bash/a.ts', `new Worker(new URL('./worker.ts', import.meta.url));`],
    [
      'client starts the kernel',
      'src/client/a.ts',
      `new Worker(new URL('../../kernel/boot/worker.ts', import.meta.url));`,
    ],
    ['main starts the kernel', 'src/main.tsx', `new Worker(new URL('../kernel/boot/worker.ts', import.meta.url));`],
    ['main composes', 'src/main.tsx', `import { C } from './client/stub.ts'; import './ui/theme.css';`],
    ['the widget table', 'src/widgets/table.ts', `import { C } from './chart.tsx';`],
    ['a module that widgets share', 'src/widgets/chart.tsx', `import type { W } from './widget.ts';`],
    [
      'an import in a comment or a string',
      'kernel/fs/a.ts',
      `// import '../agents/a.ts'\nexport const s = "import '../agents/a.ts'";`,
    ],
  ];
  test.each(allowed)('%s', (_what, path, code) => {
    expect(plant(path, code)).toEqual([]);
  });
});

test('a room is found by its folder, never by its name alone', () => {
  expect(roomOf('kernel/fs/tree.ts')).toBe('fs');
  expect(roomOf('src/main.tsx')).toBe('main');
  expect(roomOf('src/fs/tree.ts')).toBeUndefined();
  expect(roomOf('kernel/constructor/x.ts')).toBeUndefined();
});
