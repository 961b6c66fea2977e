/**
 * Data that follows the files it is made of. The watch is placed first and the load runs after it stands, so that no
 * change falls between; one load runs at a time, a burst of changes costs one more, and an answer to an older question
 * is dropped. The last value stays while it is loaded again.
 */
import { batch, createEffect, createMemo, createSignal, onCleanup, untrack, type Accessor } from 'solid-js';
import { ok, type Result, type SysError } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { ListValue, ReadValue } from '../../kernel/protocol/syscalls.ts';
import type { Client } from './client.ts';
import { useClient } from './context.ts';

export type Live<T> = {
  value: Accessor<T | undefined>;
  error: Accessor<SysError | undefined>;
  loading: Accessor<boolean>;
  reload: () => void;
};

/**
 * `patterns` is tracked: another pattern, or another `key`, starts over. `undefined` means there is nothing to load yet.
 */
export const createLive = <T>(
  patterns: () => string | readonly string[] | undefined,
  load: () => Promise<Result<T>>,
  key: () => string | undefined = () => undefined,
): Live<T> => {
  const client = useClient();
  const [value, setValue] = createSignal<T>();
  const [error, setError] = createSignal<SysError>();
  const [loading, setLoading] = createSignal(true);
  let question = 0;
  let running = false;
  let again = false;

  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    setLoading(true);
    do {
      again = false;
      const asked = question;
      const result = await untrack(load);
      if (asked !== question) continue;
      batch(() => {
        if (result.ok) setValue(() => result.value);
        setError(result.ok ? undefined : result.error);
      });
    } while (again);
    running = false;
    setLoading(false);
  };

  // Compared as text: an array built anew with the same patterns is the same question.
  const asked = createMemo(() => {
    const now = patterns();
    return now === undefined ? undefined : JSON.stringify([now, key()]);
  });
  createEffect(() => {
    const now = asked();
    question += 1;
    batch(() => {
      setValue(undefined);
      setError(undefined);
      setLoading(now !== undefined);
    });
    if (now === undefined) return;
    const [watched] = JSON.parse(now) as [string | string[]];
    onCleanup(client.watch(watched, () => void run()));
  });
  onCleanup(() => (question += 1));
  return { value, error, loading, reload: () => void run() };
};

export const createRead = (
  path: () => string | undefined,
  o: { as?: 'text' | 'bytes'; at?: () => string | undefined } = {},
): Live<ReadValue> => {
  const client = useClient();
  const file = () => {
    const now = path();
    return now === undefined ? undefined : literal(now);
  };
  const read = () => {
    const at = o.at?.();
    return client.stub.read(path() ?? '', { ...(o.as ? { as: o.as } : {}), ...(at ? { at } : {}) });
  };
  return createLive(file, read, o.at);
};

/** Everything below a folder to `depth`, all pages. A folder that does not exist yet is an empty one. */
export const listAll = async (client: Client, path: string, depth = 1): Promise<Result<Stat[]>> => {
  const entries: Stat[] = [];
  let cursor: string | undefined;
  do {
    const page: Result<ListValue> = await client.stub.list(path, { depth, limit: 2000, ...(cursor ? { cursor } : {}) });
    if (!page.ok) return page.error.code === 'ENOENT' ? ok([]) : page;
    entries.push(...page.value.entries);
    cursor = page.value.cursor;
  } while (cursor !== undefined);
  return ok(entries);
};

export const createList = (path: () => string | undefined, o: { depth?: number } = {}): Live<Stat[]> => {
  const client = useClient();
  const below = () => {
    const folder = path();
    return folder === undefined ? undefined : folder === '/' ? '/**' : `${literal(folder)}/**`;
  };
  return createLive(below, () => listAll(client, path() ?? '/', o.depth));
};

/** Every *.json directly in a folder, parsed; what does not parse is left out. Newest file name last. */
export const createRecords = <T>(
  folder: () => string | undefined,
  parse: (value: unknown) => T | undefined,
): Live<T[]> => {
  const client = useClient();
  // A record seldom changes after it is written, so one that did not is neither read nor parsed again.
  const known = new Map<string, { revision: string; record: T | undefined }>();
  const load = async (): Promise<Result<T[]>> => {
    const listed = await listAll(client, folder() ?? '/');
    if (!listed.ok) return listed;
    const files = listed.value.filter((stat) => stat.kind === 'file' && stat.path.endsWith('.json'));
    const records = await Promise.all(
      files.map(async ({ path, revision }) => {
        const before = known.get(path);
        if (before?.revision === revision) return before.record;
        const file = await client.stub.read(path, { as: 'text' });
        const record = file.ok ? parse(fromJson(file.value.content)) : undefined;
        if (file.ok) known.set(path, { revision: file.value.stat.revision, record });
        return record;
      }),
    );
    return ok(records.filter((record): record is Awaited<T> & T => record !== undefined));
  };
  return createLive(() => {
    const now = folder();
    return now === undefined ? undefined : `${literal(now)}/*.json`;
  }, load);
};

/** The parsed JSON, or undefined when it is none. */
export const fromJson = (content: string | Uint8Array): unknown => {
  try {
    return JSON.parse(typeof content === 'string' ? content : new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
};

/**
 * A pattern for this one path. The grammar has no escape, so in an odd name `{` and `}` are asked for as any character:
 * such a watch may hear too much, never too little.
 */
export const literal = (path: string): string => path.replace(/[{}]/g, '?');
