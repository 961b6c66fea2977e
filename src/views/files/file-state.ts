/**
 * What the room knows of the file it shows, followed: what stands at the path, its history, the former version when one
 * was asked for, and who wrote its lines.
 */
import type { Accessor } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import type { Path } from '../../../kernel/protocol/paths.ts';
import type { BlameRun } from '../../../kernel/protocol/syscalls.ts';
import { useClient } from '../../client/context.ts';
import { createLive, literal } from '../../client/live.ts';
import { createHistory, createOpened } from './opened.ts';
import { imageType, whyReadOnly } from './places.ts';

export interface FileQuestion {
  path: Accessor<Path>;
  /** A revision, for a former version. */
  at: Accessor<string | undefined>;
  /** Somebody wants to know the lines' authors. */
  wanted: Accessor<boolean>;
}

export const createFileState = ({ path, at, wanted }: FileQuestion) => {
  const client = useClient();
  const opened = createOpened(path);
  const isFile = () => opened.value()?.is !== 'folder';
  const history = createHistory(() => (isFile() ? path() : undefined));
  const former = createLive<Stat>(
    () => (at() === undefined ? undefined : literal(path())),
    async (): Promise<Result<Stat>> => {
      const read = await client.stub.read(path(), { at: at() ?? '', length: 1 });
      return read.ok ? ok(read.value.stat) : read;
    },
    at,
  );
  const now = () => {
    const value = opened.value();
    return value?.is === 'file' ? value.stat : undefined;
  };
  /** Of what is shown: the version that was asked for, or what stands there now. */
  const stat = () => (at() === undefined ? now() : former.value());
  const editable = () => {
    const file = at() === undefined ? now() : undefined;
    return file?.as === 'text' && whyReadOnly(file) === undefined ? file : undefined;
  };
  const missing = () => {
    const value = opened.value();
    return value?.is === 'missing' ? value : undefined;
  };
  /** An SVG is a picture and a text: it opens as the one and is edited as the other. */
  const drawn = () => stat() !== undefined && imageType(path()) === 'image/svg+xml';
  /** Whoever wrote what is there now: known for texts, and only for their last version. */
  const authored = () => at() === undefined && now()?.as === 'text';
  const authors = createLive<BlameRun[]>(
    () => (authored() && wanted() ? literal(path()) : undefined),
    async (): Promise<Result<BlameRun[]>> => {
      const answer = await client.stub.blame(path());
      return answer.ok ? ok(answer.value.runs) : answer;
    },
  );
  return { opened, history, former, stat, editable, missing, drawn, authored, authors };
};
