/**
 * Vite plugin: every folder of programs/ with a plugin.json becomes programs/<name>.zip, and programs/index.json lists
 * them. A build emits them as files; the dev server answers the same paths from the sources as they are now.
 * Contract: nothing else of the app knows this folder; the page learns of programs by fetching the index.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { parse } from 'yaml';
import { bundle, type Bundle, type Files } from './bundle.ts';

export type ProgramIndex = {
  programs: {
    name: string;
    version: string;
    title: string;
    description: string;
    url: string;
    bytes: number;
    sha256: string;
  }[];
};

const home = fileURLToPath(new URL('.', import.meta.url));

export function bundlePrograms(directory: string = home): Plugin {
  let base = '/';
  return {
    name: 'bundle-programs',
    configResolved(config) {
      base = config.base.startsWith('/') ? config.base : '/';
    },
    async generateBundle() {
      const programs = await bundleAll(directory);
      for (const [name, { zip }] of programs.zips) {
        this.emitFile({ type: 'asset', fileName: `programs/${name}.zip`, source: zip });
      }
      this.emitFile({ type: 'asset', fileName: 'programs/index.json', source: JSON.stringify(programs.index) });
    },
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://dev');
        const path = pathname.startsWith(`${base}programs/`) ? pathname.slice(`${base}programs/`.length) : '';
        if (path !== 'index.json' && !path.endsWith('.zip')) return next();
        try {
          const { zips, index } = await bundleAll(directory);
          const zip = zips.get(path.replace(/\.zip$/, ''))?.zip;
          if (path !== 'index.json' && !zip) return next();
          response.setHeader('content-type', zip ? 'application/zip' : 'application/json');
          response.setHeader('cache-control', 'no-store');
          response.end(zip ?? JSON.stringify(index));
        } catch (error) {
          next(error);
        }
      });
    },
  };
}

export async function bundleAll(directory: string): Promise<{ zips: Map<string, Bundle>; index: ProgramIndex }> {
  const zips = new Map<string, Bundle>();
  const index: ProgramIndex = { programs: [] };
  const folders = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const folder of folders.map((entry) => entry.name).sort()) {
    const files = await readFiles(join(directory, folder));
    const manifest = files.get('plugin.json');
    if (!manifest) continue;
    const plugin = JSON.parse(text(manifest)) as { name: string; version?: string; description?: string };
    if (plugin.name !== folder)
      throw new Error(`programs/${folder}/plugin.json: name is "${plugin.name}"; expected "${folder}".`);
    const asks = files.get('org.allod/program.yaml');
    const { title } = (asks ? parse(text(asks)) : {}) as { title?: string };
    const made = bundle(files);
    zips.set(folder, made);
    index.programs.push({
      name: folder,
      version: plugin.version ?? '0.0.0',
      title: title ?? folder,
      description: plugin.description ?? '',
      url: `./${folder}.zip`,
      bytes: made.zip.byteLength,
      sha256: made.digest,
    });
  }
  return { zips, index };
}

/** Every file below a folder. Names that start with a dot stay out: editors and systems leave such files behind. */
export async function readFiles(directory: string, prefix = ''): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      for (const [below, bytes] of await readFiles(join(directory, entry.name), `${path}/`)) files.set(below, bytes);
    } else if (entry.isFile()) {
      files.set(path, new Uint8Array(await readFile(join(directory, entry.name))));
    } else {
      throw new Error(`${join(directory, entry.name)} is neither a file nor a folder. Bundles hold plain files only.`);
    }
  }
  return files;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
