/**
 * The file system a line of bash works on. Kernel paths go to the staging area: reads are syscalls made as the caller,
 * writes wait there until `flush` sends them as one change set. /tmp and /dev live in memory and end with the line.
 * Writes outside /workspace are refused at once; whether one inside it is allowed is the kernel's decision.
 */
import type { FsStat, IFileSystem, InMemoryFs } from 'just-bash/browser';
import { POLICY, WORKSPACE } from '../protocol/capability.ts';
import type { RevisionId } from '../protocol/entry.ts';
import { ok, type Result, type SysError } from '../protocol/errors.ts';
import { isUnder, join, segments, type Path } from '../protocol/paths.ts';
import { decodeAs, encodeAs } from './encodings.ts';
import type { LinePort } from './line.ts';
import { posixError } from './posix.ts';
import { createStaging, sizeOf, type Staging } from './staging.ts';
import { KERNEL_ROOTS, type Node } from './tree.ts';

export type Facade = IFileSystem & {
  /** just-bash puts its command stubs in place with these; they reach memory only. */
  mkdirSync: InMemoryFs['mkdirSync'];
  writeFileSync: InMemoryFs['writeFileSync'];
  /** Commit what is staged. Afterwards everything is read from the kernel again, whatever the outcome. */
  flush: (message: string) => Promise<Result<RevisionId[]>>;
  /** Forget what is staged. */
  discard: () => void;
  revisions: RevisionId[];
  /** Reads the kernel refused; commands tend to say "No such file" of them. */
  refusals: SysError[];
};

const DIR = 0o755;
const FILE = 0o644;
const NULL = '/dev/null';

/** `.`, `..` and doubled slashes resolved; NFC, as the kernel spells paths. */
const resolve = (base: string, path: string): Path => {
  const out: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : base}/${path}`.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
};

const inKernel = (path: Path): boolean => KERNEL_ROOTS.includes(segments(path)[0] ?? '');

export const createFacade = (port: LinePort, memory: InMemoryFs, startedAt: Date): Facade => {
  const refusals: SysError[] = [];
  const revisions: RevisionId[] = [];
  const refused = (error: SysError): void => {
    if (refusals.every(({ code, path }) => code !== error.code || path !== error.path)) refusals.push(error);
  };
  let staging: Staging = createStaging(port, refused);

  /** Throws when nobody writes there; what is left is staged (true) or kept in memory (false). */
  const writable = (path: Path, operation: string): boolean => {
    if (path !== WORKSPACE && isUnder(path, WORKSPACE)) return true;
    if (path === POLICY && port.actor === 'operator') return true;
    if (!inKernel(path) && path !== '/tmp' && (isUnder(path, '/tmp') || isUnder(path, '/dev'))) return false;
    throw posixError('EROFS', operation, path);
  };

  // `mv` and `cp` refuse to overwrite unless they can tell two files apart.
  const identities = new WeakMap<Node, string>();
  let lastIdentity = 0;
  const identityOf = (node: Node): string => {
    const identity = identities.get(node) ?? `node-${++lastIdentity}`;
    identities.set(node, identity);
    return identity;
  };

  const statOf = (node: Node): FsStat => {
    const isFile = node.kind === 'file';
    const untouched =
      node.kind === 'dir' ? node.at : !node.dirty && node.tail.length === 0 ? node.origin?.at : undefined;
    return {
      isFile,
      isDirectory: !isFile,
      isSymbolicLink: false,
      mode: isFile ? FILE : DIR,
      size: node.kind === 'file' ? sizeOf(node) : 0,
      mtime: untouched === undefined ? startedAt : new Date(untouched),
      identity: identityOf(node),
    };
  };

  const stat = async (raw: string): Promise<FsStat> => {
    const path = resolve('/', raw);
    if (path !== '/' && !inKernel(path)) return memory.stat(path);
    const node = await staging.lookup(path);
    if (!node) throw posixError('ENOENT', 'stat', path);
    return statOf(node);
  };

  const exists = async (raw: string): Promise<boolean> => {
    const path = resolve('/', raw);
    if (path !== '/' && !inKernel(path)) return memory.exists(path);
    return (await staging.lookup(path).catch(() => undefined)) !== undefined;
  };

  const readFileBuffer = async (raw: string): Promise<Uint8Array> => {
    const path = resolve('/', raw);
    if (path === NULL) return new Uint8Array();
    return inKernel(path) ? staging.read(path) : memory.readFileBuffer(path);
  };

  const readdirWithFileTypes: NonNullable<IFileSystem['readdirWithFileTypes']> = async (raw) => {
    const path = resolve('/', raw);
    const inMemory = inKernel(path) ? [] : await memory.readdirWithFileTypes(path);
    if (path !== '/' && !inKernel(path)) return inMemory;
    const staged = [...(await staging.children(path)).values()].map((node) => ({
      name: node.name,
      isFile: node.kind === 'file',
      isDirectory: node.kind === 'dir',
      isSymbolicLink: false,
    }));
    return [...inMemory.filter(({ name }) => !KERNEL_ROOTS.includes(name)), ...staged].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  };

  const writeBytes = async (raw: string, bytes: Uint8Array): Promise<void> => {
    const path = resolve('/', raw);
    if (path === NULL) return;
    await (writable(path, 'open') ? staging.put(path, bytes) : memory.writeFile(path, bytes));
  };

  const mkdir: IFileSystem['mkdir'] = async (raw, options) => {
    const path = resolve('/', raw);
    if (options?.recursive && (await exists(path))) return;
    await (writable(path, 'mkdir') ? staging.mkdir(path, options?.recursive ?? false) : memory.mkdir(path, options));
  };

  const rm: IFileSystem['rm'] = async (raw, options) => {
    const path = resolve('/', raw);
    if (options?.force && !(await exists(path))) return;
    await (writable(path, 'rm') ? staging.remove(path, options?.recursive ?? false) : memory.rm(path, options));
  };

  const cp: IFileSystem['cp'] = async (from, to, options) => {
    if (!(await stat(from)).isDirectory) return writeBytes(to, await readFileBuffer(from));
    if (!options?.recursive) throw posixError('EISDIR', 'cp', resolve('/', from));
    const source = resolve('/', from);
    const target = resolve('/', to);
    if (isUnder(target, source)) throw posixError('EINVAL', 'cp', target, 'a folder cannot be copied into itself');
    await mkdir(target, { recursive: true });
    for (const { name } of await readdirWithFileTypes(source))
      await cp(join(source, name), join(target, name), options);
  };

  const mv: IFileSystem['mv'] = async (rawFrom, rawTo) => {
    const [from, to] = [resolve('/', rawFrom), resolve('/', rawTo)];
    const [stagedFrom, stagedTo] = [writable(from, 'mv'), writable(to, 'mv')];
    if (stagedFrom && stagedTo) return staging.move(from, to);
    if (!stagedFrom && !stagedTo) return memory.mv(from, to);
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  };

  const existing = async (raw: string, operation: string): Promise<void> => {
    if (!(await exists(raw))) throw posixError('ENOENT', operation, resolve('/', raw));
  };
  const noLinks = (path: string): Promise<never> =>
    Promise.reject(posixError('ENOSYS', 'link', path, 'a workspace keeps no links; copy the file'));

  const flush: Facade['flush'] = async (message) => {
    try {
      const changes = await staging.changes();
      if (changes.length === 0) return ok([]);
      const written = await port.invoke('write', { changes, message });
      if (!written.ok) return written;
      revisions.push(...written.value.revisions);
      return ok(written.value.revisions);
    } finally {
      staging = createStaging(port, refused);
    }
  };

  return {
    refusals,
    revisions,
    flush,
    discard: () => void (staging = createStaging(port, refused)),
    mkdirSync: (path, options) => (inKernel(resolve('/', path)) ? undefined : memory.mkdirSync(path, options)),
    writeFileSync: (path, ...rest) => (inKernel(resolve('/', path)) ? undefined : memory.writeFileSync(path, ...rest)),
    stat,
    lstat: stat,
    exists,
    readFileBuffer,
    readdirWithFileTypes,
    mkdir,
    rm,
    cp,
    mv,
    resolvePath: resolve,
    getAllPaths: () => [],
    readFile: async (path, options) => decodeAs(await readFileBuffer(path), options),
    writeFile: (path, content, options) => writeBytes(path, encodeAs(content, options)),
    appendFile: async (raw, content, options) => {
      const path = resolve('/', raw);
      if (path === NULL) return;
      const bytes = encodeAs(content, options);
      await (writable(path, 'open') ? staging.append(path, bytes) : memory.appendFile(path, bytes));
    },
    readdir: async (path) => (await readdirWithFileTypes(path)).map(({ name }) => name),
    realpath: async (path) => {
      await existing(path, 'realpath');
      return resolve('/', path);
    },
    chmod: (path) => existing(path, 'chmod'),
    utimes: (path) => existing(path, 'utimes'),
    symlink: (_target, path) => noLinks(path),
    link: (_existing, path) => noLinks(path),
    readlink: (path) => Promise.reject(posixError('EINVAL', 'readlink', path)),
  };
};
