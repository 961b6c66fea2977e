// A build plugin that weighs the JavaScript needed before the cockpit is usable, gzipped, and fails the build over budget.
// It counts the page's entry and the kernel's worker, each with everything they import statically. Chunks behind a
// dynamic import() are not counted: they must not be awaited before the first screen is usable.
import { gzipSync } from 'node:zlib';
import { posix } from 'node:path';
import { parseSync, type Plugin, type Rolldown } from 'vite';

export interface Weight {
  file: string;
  gzipped: number;
}

/** Every file the roots load by themselves, heaviest first. `files` maps output paths to JavaScript text. */
export function firstLoadFiles(files: ReadonlyMap<string, string>, roots: readonly string[]): Weight[] {
  const seen = new Set<string>();
  const queue = [...roots];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const code = files.get(file);
    if (code === undefined || seen.has(file)) continue;
    seen.add(file);
    const { module } = parseSync(file, code);
    const sources = [
      ...module.staticImports.map((i) => i.moduleRequest.value),
      ...module.staticExports.flatMap((e) => e.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ];
    for (const source of sources) queue.push(posix.join(posix.dirname(file), source));
  }
  return [...seen]
    .map((file) => ({ file, gzipped: gzipSync(files.get(file) ?? '', { level: 9 }).length }))
    .sort((a, b) => b.gzipped - a.gzipped);
}

function textOf(output: Rolldown.OutputAsset | Rolldown.OutputChunk): string {
  if (output.type === 'chunk') return output.code;
  return typeof output.source === 'string' ? output.source : new TextDecoder().decode(output.source);
}

export function firstLoad({ limit }: { limit: number }): Plugin {
  return {
    name: 'allod:first-load',
    apply: 'build',
    enforce: 'post',
    writeBundle(_options, bundle) {
      const outputs = Object.values(bundle).filter((output) => output.fileName.endsWith('.js'));
      const files = new Map(outputs.map((output) => [output.fileName, textOf(output)]));
      const roots = outputs
        .filter((output) => (output.type === 'chunk' && output.isEntry) || /(^|\/)kernel-[^/]*$/.test(output.fileName))
        .map((output) => output.fileName);
      const weights = firstLoadFiles(files, roots);
      const total = weights.reduce((sum, { gzipped }) => sum + gzipped, 0);
      const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
      const lines = weights.map(({ file, gzipped }) => `  ${kB(gzipped).padStart(9)}  ${file}`);
      console.log(`\nFirst load, JavaScript gzipped: ${kB(total)} of ${kB(limit)}\n${lines.join('\n')}`);
      if (total > limit) this.error(`First load is ${kB(total)}, over the budget of ${kB(limit)}.`);
    },
  };
}
