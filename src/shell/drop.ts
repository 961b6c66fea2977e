/**
 * Files dropped on the page land in /workspace/inbox, all of one drop in one change set. A name that is taken gets a
 * number, a name that cannot be a path is mended, and what is too large is left out and said. Fetched on the first drop.
 */
import { decodeText } from '../../kernel/protocol/bytes.ts';
import type { Change } from '../../kernel/protocol/files.ts';
import { segmentProblem } from '../../kernel/protocol/paths.ts';
import type { Client } from '../client/client.ts';
import { listAll } from '../client/live.ts';
import { bytes, plural } from '../ui/words.ts';

const INBOX = '/workspace/inbox';
/** The page holds a dropped file in memory once while it is handed over. */
const MOST_BYTES = 64_000_000;

export type Dropped = { said: string; paths: string[]; failed: boolean };

/** `notes.md` → `notes (2).md` when `notes.md` is taken; a dot file keeps its dot. */
export const freeName = (wanted: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(wanted)) return wanted;
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let number = 2;
  while (taken.has(`${stem} (${number})${ending}`)) number += 1;
  return `${stem} (${number})${ending}`;
};

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
const UNSOUND = /[\u0000-\u001f\u007f-\u009f/]/g;

/** A name other systems allow and ours does not: what cannot stand in a segment becomes a dash. */
export const soundName = (name: string): string => {
  const mended = name.toWellFormed().normalize('NFC').replace(UNSOUND, '-').trim();
  if (segmentProblem(mended) === undefined) return mended;
  if (/^\.*$/.test(mended)) return 'file';
  const dot = mended.lastIndexOf('.');
  const ending = dot > 0 ? mended.slice(dot, dot + 20) : '';
  const short = `${mended.slice(0, 60)}${ending}`;
  return segmentProblem(short) === undefined ? short : 'file';
};

export const dropInto = async (client: Client, files: readonly File[]): Promise<Dropped> => {
  const small = files.filter((file) => file.size <= MOST_BYTES);
  const large = files.filter((file) => file.size > MOST_BYTES);
  const left = large.map(
    (file) => `${file.name} is ${bytes(file.size)}; at most ${bytes(MOST_BYTES)} a file. It was left out.`,
  );
  if (small.length === 0) return { said: left.join(' ') || 'Nothing was dropped.', paths: [], failed: true };

  const listed = await listAll(client, INBOX);
  if (!listed.ok) return { said: `Nothing was dropped. ${listed.error.message}`, paths: [], failed: true };
  const taken = new Set(listed.value.map((stat) => stat.path.slice(INBOX.length + 1)));
  const changes: Change[] = [];
  for (const file of small) {
    const name = freeName(soundName(file.name), taken);
    taken.add(name);
    let content: Uint8Array<ArrayBuffer>;
    try {
      content = new Uint8Array(await file.arrayBuffer());
    } catch {
      return {
        said: `Nothing was dropped: ${file.name} could not be read. A folder cannot be dropped; drop its files.`,
        paths: [],
        failed: true,
      };
    }
    changes.push({ op: 'put', path: `${INBOX}/${name}`, content: decodeText(content) ?? content, base: null });
  }
  const written = await client.stub.write(changes, {
    message: `Dropped ${plural(changes.length, 'file')} into the inbox`,
  });
  if (!written.ok) return { said: `Nothing was dropped. ${written.error.message}`, paths: [], failed: true };
  const paths = changes.flatMap((change) => (change.op === 'put' ? [change.path] : []));
  const what = paths.length === 1 ? paths[0]!.slice(INBOX.length + 1) : plural(paths.length, 'file');
  return { said: [`Dropped into the inbox: ${what}.`, ...left].join(' '), paths, failed: left.length > 0 };
};
