// A Chromium of our own with its profile on disk, in a process group of its own, so that it can be killed as a whole:
// what Playwright starts itself, it also wants to close.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright';
import { chromiumArgs, chromiumPath } from './browser.mjs';

export interface BrowserProcess {
  browser: Browser;
  /** The profile's own context: what it stores is on disk. */
  context: BrowserContext;
  /** SIGKILL to every process of it at once; resolves when they are gone. */
  kill(): Promise<void>;
}

const STARTS_WITHIN_MS = 30_000;

export async function startBrowser(profile: string, more: readonly string[] = []): Promise<BrowserProcess> {
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const args = [
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--no-default-browser-check',
    '--disable-dev-shm-usage',
    '--window-size=1440,900',
    ...chromiumArgs,
    ...more,
    'about:blank',
  ];
  const child = spawn(chromiumPath ?? chromium.executablePath(), args, { detached: true, stdio: 'ignore' });
  const gone = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error('The browser could not be started.');
  const kill = async (): Promise<void> => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
    await gone;
  };
  try {
    const until = Date.now() + STARTS_WITHIN_MS;
    // The file is made when the port is open, and written in one go.
    while (!existsSync(portFile) || !readFileSync(portFile, 'utf8').includes('\n')) {
      if (Date.now() > until || child.exitCode !== null)
        throw new Error('The browser did not open its debugging port.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [port] = readFileSync(portFile, 'utf8').split('\n');
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const [context] = browser.contexts();
    if (!context) throw new Error('The browser has no context of its own.');
    return { browser, context, kill };
  } catch (cause) {
    await kill();
    throw cause;
  }
}
