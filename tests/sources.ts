// Reads the files of the tree for the tests that hold the house in order.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './syntax.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every file under these folders whose path passes, with paths from the project's root. */
export function readSources(folders: readonly string[], passes: (path: string) => boolean): SourceFile[] {
  return folders
    .filter((folder) => existsSync(root + folder))
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => !path.includes('/node_modules/') && passes(path))
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
}

export const isTest = (path: string): boolean => /\.(test|e2e)\.tsx?$/.test(path);
export const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !isTest(path);
