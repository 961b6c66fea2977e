/**
 * Runs one line of bash over the façade and hands back what a shell would show. The same code in the worker, in Node
 * and in a service worker. The line's changes are committed at its end, all of them or none; a line that was stopped
 * commits nothing. It never rejects for anything a script can do.
 */
import { Bash, defineCommand, InMemoryFs } from 'just-bash/browser';
import { decodeText } from '../protocol/bytes.ts';
import { WORKSPACE } from '../protocol/capability.ts';
import type { SysError } from '../protocol/errors.ts';
import { actorNameOf } from '../protocol/actor.ts';
import type { BashEnded } from '../protocol/ports.ts';
import { Refusal, type Host } from './command.ts';
import { COMMANDS } from './commands.ts';
import { createFacade, type Facade } from './facade.ts';
import { KILLED, messageOf, OUT_OF_TIME, type Limits, type Line, type LinePort } from './line.ts';
import { sayError } from './posix.ts';
import { guardRedirects } from './redirects.ts';

/** Variables the shell makes itself; they are not the line's to keep. */
const OWN = new Set([
  'IFS',
  'OSTYPE',
  'MACHTYPE',
  'HOSTTYPE',
  'HOSTNAME',
  'OPTIND',
  'SHELLOPTS',
  'BASHOPTS',
  'PWD',
  '_',
]);

const startEnv = (port: LinePort): Record<string, string> => ({
  HOME: WORKSPACE,
  PATH: '/usr/bin:/bin',
  USER: actorNameOf(port.actor),
  TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** What of the shell's variables the next line is given. */
const kept = (env: Record<string, string>, start: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => /^[A-Za-z_]\w*$/.test(name) && !OWN.has(name) && start[name] !== value,
    ),
  );

const cut = (text: string, limit: number): string =>
  text.length <= limit
    ? text
    : `${text.slice(0, limit)}\n[cut here: ${text.length - limit} more characters. Write them to a file, or use head, tail or grep.]\n`;

/** A change set is written whole or not at all; the words say which, and what else there is to do. */
const refusalOf = (error: SysError): string => {
  const then = error.code === 'EACCES' ? ' To ask for it: propose -m WHY --put PATH FILE' : '';
  return `allod: ${sayError(error)} Nothing of this line was written.${then}\n`;
};

const commandsOver = (facade: Facade, port: LinePort, message: string, failed: (error: SysError) => void) =>
  Object.entries(COMMANDS).map(([name, command]) =>
    defineCommand(name, async (words, context) => {
      const host: Host = {
        port,
        path: (word) => facade.resolvePath(context.cwd, word),
        read: (path) => facade.readFileBuffer(path),
        write: (path, content) => facade.writeFile(path, content),
        // just-bash hands bytes over as one character each.
        stdin: () => {
          const raw = context.stdin as unknown as string;
          return decodeText(Uint8Array.from(raw, (char) => char.charCodeAt(0))) ?? raw;
        },
        flush: async () => {
          const flushed = await facade.flush(message);
          if (flushed.ok) return;
          failed(flushed.error);
          throw new Refusal('what came before it could not be written');
        },
      };
      try {
        return { stdout: await command.run(words, host), stderr: '', exitCode: 0 };
      } catch (cause) {
        return {
          stdout: '',
          stderr: `${name}: ${cause instanceof Error ? cause.message : String(cause)}\n`,
          exitCode: 1,
        };
      }
    }),
  );

export const runLine = async (port: LinePort, line: Line, limits: Limits, signal?: AbortSignal): Promise<BashEnded> => {
  const startedAt = Date.now();
  const memory = new InMemoryFs({ '/tmp/.keep': '' });
  memory.rm('/tmp/.keep').catch(() => undefined);
  const facade = createFacade(port, memory, new Date(startedAt));
  const start = startEnv(port);
  const message = messageOf(line.script);
  const errors: SysError[] = [];

  let cwd = line.cwd ?? WORKSPACE;
  let notes = '';
  const there = await facade.stat(cwd).catch(() => undefined);
  if (!there?.isDirectory) {
    notes += `allod: ${cwd} is not a folder any more; this line started in ${WORKSPACE}.\n`;
    cwd = WORKSPACE;
  }
  const bash = new Bash({
    fs: facade,
    cwd,
    env: start,
    executionLimits: { maxExecutionTimeMs: limits.timeMs },
    customCommands: commandsOver(facade, port, message, (error) => errors.push(error)),
  });
  bash.registerTransformPlugin(guardRedirects);

  const options = { cwd, rawScript: true, env: { ...start, ...line.env }, ...(signal ? { signal } : {}) };
  const ended = await bash.exec(line.script, options).catch((cause: unknown) => ({
    stdout: '',
    stderr: `bash: ${cause instanceof Error ? cause.message : String(cause)}\n`,
    exitCode: 1,
    env: { ...start, ...line.env, PWD: cwd },
  }));

  let code = ended.exitCode;
  const killed = signal?.aborted === true;
  const late = !killed && Date.now() - startedAt >= limits.timeMs;
  if (killed || late) {
    facade.discard();
    code = killed ? KILLED : OUT_OF_TIME;
    notes += `allod: ${killed ? 'killed' : `stopped after ${limits.timeMs / 1000} s`}. What it had not yet written is dropped.\n`;
  } else {
    const flushed = await facade.flush(message).catch((cause: unknown) => ({
      ok: false as const,
      error: {
        code: 'EIO',
        call: 'write',
        message: cause instanceof Error ? cause.message : String(cause),
      } satisfies SysError,
    }));
    if (!flushed.ok) errors.push(flushed.error);
  }
  if (errors.length > 0) code = code === 0 ? 1 : code;
  // Commands say "No such file" of whatever they cannot read; say what the kernel said.
  notes += facade.refusals.map((error) => `allod: ${sayError(error)}\n`).join('') + errors.map(refusalOf).join('');
  const { PWD, ...env } = { ...ended.env };
  return {
    stdout: cut(ended.stdout, limits.outputChars),
    stderr: cut(ended.stderr, limits.outputChars) + notes,
    code,
    cwd: PWD ?? cwd,
    env: kept(env, start),
    revisions: facade.revisions,
  };
};
