// npm run soak: builds the app if it is not built, and hands over to main.ts, or with `schedule` first to schedule.ts.
// Plain JavaScript, because Node 20 runs no TypeScript; vite does.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
if (!existsSync(join(root, 'dist', 'index.html'))) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (spawnSync(process.execPath, [vite, 'build'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}
const [kind, ...rest] = process.argv.slice(2);
const schedule = kind === 'schedule';
/** @type {{ module: { main: (argv: string[]) => Promise<number> } }} */
const { module } = await runnerImport(join(here, schedule ? 'schedule.ts' : 'main.ts'), {
  configFile: false,
  root: here,
  logLevel: 'error',
  ssr: { external: ['playwright', 'vite'] },
});
process.exit(await module.main(schedule ? rest : process.argv.slice(2)));
