// npm run bench: installs what the benchmarks need, once, and hands over to main.ts. Plain JavaScript, because Node 20
// runs no TypeScript; vite does. The peers have a lockfile of their own here and are no part of the product.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** @param {string} folder */
function install(folder) {
  const done = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs) return;
  console.log(`> npm ci (in ${folder})`);
  const options = { cwd: folder, stdio: /** @type {const} */ ('inherit'), shell: process.platform === 'win32' };
  if (spawnSync('npm', ['ci', '--ignore-scripts'], options).status === 0) return;
  console.error(`\nThe dependencies in ${folder} could not be installed. See the message above.`);
  process.exit(1);
}

install(join(here, '..', '..'));
install(here);
const { runnerImport } = await import('vite');
/** @type {{ module: { main: (argv: string[]) => Promise<void> } }} */
const { module } = await runnerImport(join(here, 'main.ts'), {
  configFile: false,
  root: here,
  logLevel: 'error',
  ssr: { external: ['playwright', 'vite'] },
});
await module.main(process.argv.slice(2));
