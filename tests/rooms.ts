// The walls of the house as one table, and a pure function that lists what breaks them.
// TypeScript's project references keep protocol, kernel and page apart; this table holds the rooms inside them.
// A type import is an import. Tests are not held to the table; composition roots hold the keys the table gives them.
import { posix } from 'node:path';
import { globalsOf, importsOf, type Import, type SourceFile } from './syntax.ts';

interface Room {
  house: 'kernel' | 'src' | 'programs';
  /** Rooms of ours that it may import besides itself. */
  rooms: readonly string[];
  /** Libraries: `only` these, or any but `never`. A name covers its sub paths. */
  only?: readonly string[];
  never?: readonly string[];
  /** Rooms whose files it may name by URL, to start them as workers. */
  starts?: readonly string[];
}

const SCREEN = [
  'solid-js',
  '@kobalte/core',
  'lucide-solid',
  '@tanstack/solid-virtual',
  'y-codemirror.next',
  '@codemirror',
];
const STORAGE = ['dexie', 'y-indexeddb', 'fake-indexeddb'];
const MODELS = ['@anthropic-ai/sdk'];
const SHELL = ['just-bash'];
const NODE = ['node:', 'vite'];

const kernel = (rooms: string[], never: string[], more: Partial<Room> = {}): Room => ({
  house: 'kernel',
  rooms: ['protocol', ...rooms],
  never: [...SCREEN, ...NODE, ...never],
  ...more,
});
/** Rooms without a privileged path: they get the protocol and a `sys` handle, nothing else. */
const guest = (never: string[], more: Partial<Room> = {}): Room => kernel([], [...STORAGE, 'yjs', ...never], more);
const page = (rooms: string[], never: string[], more: Partial<Room> = {}): Room => ({
  house: 'src',
  rooms,
  never: [...STORAGE, ...MODELS, ...SHELL, ...NODE, ...never],
  ...more,
});

export const WALLS: Readonly<Record<string, Room>> = {
  protocol: { house: 'kernel', rooms: [], only: ['zod', 'yaml', 'croner', 'picomatch', 'lib0', '@noble/hashes'] },
  store: kernel(['store'], ['yjs', ...MODELS, ...SHELL]),
  journal: kernel(['store'], ['yjs', ...MODELS, ...SHELL]),
  fs: kernel(['store'], [...MODELS, ...SHELL]),
  search: kernel(['store'], [...MODELS, ...SHELL]),
  policy: kernel([], ['yjs', ...STORAGE, ...MODELS, ...SHELL]),
  process: kernel(['store', 'journal'], ['yjs', ...MODELS, ...SHELL]),
  syscalls: kernel(['fs', 'search', 'policy', 'process', 'journal'], [...MODELS, ...SHELL]),
  daemons: guest([...MODELS, ...SHELL]),
  agents: guest(SHELL),
  effects: guest([...MODELS, ...SHELL]),
  bash: guest(MODELS, { starts: ['bash'] }),
  loader: guest([...MODELS, ...SHELL]),
  sync: kernel(['policy', 'journal'], [...MODELS, ...SHELL]),
  boot: kernel(
    [
      'store',
      'journal',
      'fs',
      'search',
      'policy',
      'process',
      'syscalls',
      'daemons',
      'agents',
      'effects',
      'bash',
      'loader',
      'sync',
    ],
    [],
    { starts: ['boot', 'bash'] },
  ),
  main: page(['protocol', 'client', 'shell', 'compositor', 'widgets', 'views', 'ui'], [], { starts: ['boot'] }),
  client: page(['protocol'], ['solid-js/web', '@kobalte/core', 'lucide-solid'], { starts: ['boot'] }),
  ui: { house: 'src', rooms: [], only: ['solid-js', '@kobalte/core', 'lucide-solid'] },
  widgets: page(['protocol', 'ui'], ['yjs']),
  compositor: page(['protocol', 'widgets'], ['yjs']),
  shell: page(['protocol', 'client', 'compositor', 'ui'], []),
  views: page(['protocol', 'client', 'compositor', 'ui'], []),
  programs: { house: 'programs', rooms: ['protocol'] },
};

const DRAWERS = /(^|[/.-])(utils?|common|helpers?|services?|core)([/.]|$)/;
const PLATFORM =
  'window document navigator location self indexedDB localStorage sessionStorage caches fetch XMLHttpRequest Worker SharedWorker BroadcastChannel importScripts HTMLElement process'.split(
    ' ',
  );
const MAX_LINES = 300;

/** The room a file of ours is in, or undefined when the house has no such room. */
export function roomOf(path: string): string | undefined {
  const [house, room = '', ...rest] = path.split('/');
  if (house === 'programs') return 'programs';
  if (house === 'src' && rest.length === 0) return 'main';
  return rest.length > 0 && Object.hasOwn(WALLS, room) && WALLS[room]?.house === house ? room : undefined;
}

/** Everything in these files that breaks the house rules, one line each: `path: what is wrong`. */
export function violations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const faults = shapeFaults(file);
    if (room === undefined) faults.push('is in no room of the house');
    else faults.push(...importsOf(file).flatMap((found) => importFault(file.path, room, found) ?? []));
    if (room === 'protocol') {
      const globals = globalsOf(file);
      faults.push(
        ...PLATFORM.filter((name) => globals.has(name)).map((name) => `protocol uses the platform's ${name}`),
      );
    }
    return faults.map((fault) => `${file.path}: ${fault}`);
  });
}

function shapeFaults({ path, text }: SourceFile): string[] {
  const faults: string[] = [];
  if (DRAWERS.test(path)) faults.push('has a name that says nothing (utils, common, helpers, services, core)');
  if (!/^\s*\/[/*]/.test(text)) faults.push('does not open with a comment that says what it is');
  const lines = text.split('\n').length - 1;
  const generated = /^.*\bgenerated\b/i.test(text);
  if (lines > MAX_LINES && !generated) faults.push(`has ${lines} lines, more than ${MAX_LINES}`);
  return faults;
}

function importFault(path: string, room: string, { from, byUrl }: Import): string | undefined {
  const wall = WALLS[room];
  if (!wall) return undefined;
  const covers = (name: string): boolean => from === name || from.startsWith(name.endsWith(':') ? name : `${name}/`);
  if (!from.startsWith('.')) {
    if (byUrl) return undefined;
    if (wall.only && !wall.only.some(covers)) return `${room} may not import the library ${from}`;
    return wall.never?.some(covers) ? `${room} must not know the library ${from}` : undefined;
  }
  const target = posix.join(posix.dirname(path), from);
  const there = roomOf(target);
  if (there === undefined) return `imports ${from}, which is in no room of the house`;
  if (byUrl && wall.starts?.includes(there)) return undefined;
  if (there === room) return room === 'widgets' ? neighbourFault(path, target) : undefined;
  return wall.rooms.includes(there) ? undefined : `${room} may not import ${there} (${from})`;
}

/** Widgets do not know one another: only `table` imports them. Plain `.ts` modules of the room are shared by all. */
function neighbourFault(path: string, target: string): string | undefined {
  const unit = (file: string): string => (file.split('/')[2] ?? '').replace(/\.\w+$/, '');
  const shared = /^src\/widgets\/[^/]+\.(ts|css)$/.test(target) && unit(target) !== 'table';
  if (shared || unit(path) === 'table' || unit(path) === unit(target)) return undefined;
  return `the widget ${unit(path)} may not import the widget ${unit(target)}`;
}
