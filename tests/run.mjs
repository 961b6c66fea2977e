// The two commands a fresh clone understands, in plain Node: nothing needs to be installed before them.
//   npm start   installs, builds, serves the built app and prints its address
//   npm test    installs, finds or installs a browser, checks, builds, runs every test, ends with "N passed, N failed"
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const reports = join(root, 'node_modules', '.cache', 'reports');
const windows = process.platform === 'win32';

/**
 * Runs one command to its end, showing its output.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {boolean} whether it succeeded
 */
function run(command, args, env = {}) {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const options = {
    cwd: root,
    stdio: /** @type {const} */ ('inherit'),
    env: { ...process.env, ...env },
    shell: windows,
  };
  return spawnSync(command, args, options).status === 0;
}

/** @param {string} name @param {string[]} args @param {Record<string, string>} [env] */
const tool = (name, args, env) => run(join('node_modules', '.bin', name), args, env);

/** @param {string} message @returns {never} */
function stop(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** Installs exactly what the lockfile says, unless that was already done. */
function install() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    stop(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
  const done = join(root, 'node_modules', '.package-lock.json');
  const current = existsSync(done) && statSync(done).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (!current && !run('npm', ['ci'])) stop('The dependencies could not be installed. See the message above.');
}

/** Makes sure there is a browser to test in: the system's, else a package of this system, else Playwright's own. */
async function findBrowser() {
  const { chromiumPath } = await import('./browser.mjs');
  if (chromiumPath) return console.log(`Browser: ${chromiumPath}`);
  const { chromium } = await import('playwright');
  if (existsSync(chromium.executablePath())) return console.log(`Browser: ${chromium.executablePath()}`);
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (debian && run('apt-get', ['update']) && run('apt-get', ['install', '-y', 'chromium'])) return;
  if (tool('playwright', ['install', 'chromium'])) return;
  stop('No browser was found and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH.');
}

/**
 * Counts the passed and failed tests in a report. A run that failed without naming a failed test counts as one failure.
 * @param {boolean} succeeded
 * @param {string} file
 * @param {(report: any) => { passed: number, failed: number }} read
 */
function count(succeeded, file, read) {
  const path = join(reports, file);
  const { passed, failed } = existsSync(path) ? read(JSON.parse(readFileSync(path, 'utf8'))) : { passed: 0, failed: 0 };
  return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
}

async function start() {
  install();
  if (!tool('vite', ['build'])) stop('The build failed. See the message above.');
  console.log('\nAllod: http://localhost:4173   (Ctrl C stops it)');
  if (!tool('vite', ['preview', '--port', '4173', '--strictPort'])) process.exit(1);
}

async function test() {
  install();
  await findBrowser();
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });

  const checks = {
    types: tool('tsc', ['-b', '--force']),
    lint: tool('oxlint', ['--type-aware', '--deny-warnings']),
    format: tool('oxfmt', ['--check']),
  };
  const unit = count(
    tool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'unit.json')}`]),
    'unit.json',
    (report) => ({ passed: report.numPassedTests, failed: report.numFailedTests }),
  );
  const built = tool('vite', ['build']);
  const e2e = built
    ? count(
        tool('playwright', ['test', '--reporter=list,json'], {
          PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json'),
        }),
        'e2e.json',
        ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky }),
      )
    : { passed: 0, failed: 0 };

  const broken = Object.entries({ ...checks, build: built }).flatMap(([name, ok]) => (ok ? [] : [name]));
  const failed = unit.failed + e2e.failed + broken.length;
  console.log(
    `\nunit: ${unit.passed} passed, ${unit.failed} failed; end to end: ${e2e.passed} passed, ${e2e.failed} failed`,
  );
  if (broken.length > 0) console.log(`failed before any test, one each: ${broken.join(', ')}`);
  console.log(`${unit.passed + e2e.passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await (process.argv[2] === 'start' ? start() : test());
