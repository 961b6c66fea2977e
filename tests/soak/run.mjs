// npm run soak: builds the app if it is not built, and hands over to main.ts, or with `schedule` or `days` first to
// schedule.ts or days.ts.
// Plain JavaScript, because Node 20 runs no TypeScript; vite does.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
if (!existsSync(join(root, 'dist', 'index.html'))) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (spawnSync(process.execPath, [vite, 'build'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}
const [kind, ...rest] = process.argv.slice(2);
const named = kind === 'schedule' || kind === 'days';
const file = join(here, named ? `${kind}.ts` : 'main.ts');
// A server of modules stays open: the kernel loads parts of itself while it runs.
const server = await createServer({
  configFile: false,
  root,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false },
  ssr: { external: ['playwright', 'vite', 'fake-indexeddb'] },
});
const { main } = await server.ssrLoadModule(file);
process.exit(await main(named ? rest : process.argv.slice(2)));
