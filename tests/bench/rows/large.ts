// Large files: a small edit of the largest text and of 10 MB of text, and 30 MB of bytes there and back, against the same
// bytes as one raw value.
import { NOTHING } from '../measure/stock.ts';
import { msText } from '../drive/text.ts';
import { openOurs, value, type Ours } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { prose, stamp } from '../measure/corpus.ts';
import { median, spread, timed } from '../measure/numbers.ts';
import { row, type Line } from '../row.ts';

const MB = 1 << 20;
const BINARY = 30 * MB;

type Text = { edit: number; how: 'edit' | 'put'; raw: number };
type Binary = { put: number; get: number; rawPut: number; rawGet: number };

const textOf = (bytes: number): string => {
  const piece = prose(1, MB - 1);
  const head = `${stamp(0)}\n`;
  return (head + Array.from({ length: Math.ceil(bytes / MB) }, (_, i) => `${i}${piece}`).join('\n')).slice(0, bytes);
};

/** A small edit as the kernel allows it: `edit`, or, where a text is too long for that, `put` of the whole. */
const editOnce = async (kernel: Ours, path: string, before: string, count: number): Promise<'edit' | 'put'> => {
  const edited = await kernel.sys.write([{ op: 'edit', path, old: stamp(count), new: stamp(count + 1) }], {
    message: 'Edit',
  });
  if (edited.ok) return 'edit';
  if (edited.error.code !== 'EINVAL') value(edited);
  const { stat } = value(await kernel.sys.read(path, { length: 1 }));
  const content = before.replace(stamp(0), stamp(count + 1));
  await kernel.change([{ op: 'put', path, content, base: stat.revision }]);
  return 'put';
};

const tasks = {
  text: async ({ bytes, edits }: { bytes: number; edits: number }): Promise<Text[]> => {
    const kernel = await openOurs();
    const raw = await openRaw();
    const path = '/workspace/large.md';
    const text = textOf(bytes);
    await kernel.change([{ op: 'put', path, content: text, base: null }]);
    const out: Text[] = [];
    for (let count = 0; count < edits; count++) {
      const edit = await timed(() => editOnce(kernel, path, text, count));
      const plain = await timed(() => raw.putAll([text]));
      out.push({ edit: edit.ms, how: edit.value, raw: plain.ms });
    }
    const { content } = value(await kernel.sys.read(path));
    if (content !== text.replace(stamp(0), stamp(edits))) throw new Error('The edited text read back wrong.');
    return out;
  },
  binary: async (): Promise<Binary> => {
    const bytes = new Uint8Array(BINARY);
    for (let at = 0; at < BINARY; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const kernel = await openOurs();
    const raw = await openRaw();
    const path = '/workspace/large.bin';
    const put = await timed(() =>
      kernel.sys.write([{ op: 'put', path, content: bytes, base: null }], { message: 'Put' }),
    );
    value(put.value);
    const get = await timed(() => kernel.sys.read(path, { as: 'bytes' }));
    const rawPut = await timed(() => raw.putAll([bytes]));
    const rawGet = await timed(() => raw.get(raw.last()));
    const { content } = value(get.value);
    if (content.length !== BINARY || content[BINARY >> 1] !== bytes[BINARY >> 1])
      throw new Error('The bytes read back wrong.');
    return { put: put.ms, get: get.ms, rawPut: rawPut.ms, rawGet: rawGet.ms };
  },
};

export const largeRow = row({
  name: 'large',
  title: 'Large files',
  tasks,
  drive: async (bench, ask) => {
    const lines: Line[] = [];
    for (const megabytes of [3, 10]) {
      const done = (
        await bench.rounds(() =>
          bench.fresh(NOTHING, (session) => ask(session, 'text', { bytes: megabytes * MB, edits: 3 })),
        )
      ).flat();
      const ratios = done.map(({ edit, raw }) => edit / raw);
      lines.push({
        what: `small edit of ${megabytes} MB of text`,
        ours: msText(median(done.map(({ edit }) => edit))),
        against: `raw put of the whole ${msText(median(done.map(({ raw }) => raw)))}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        ...(done.some(({ how }) => how === 'put')
          ? { note: 'too long for edit: a failed edit, a read and a put of the whole' }
          : {}),
      });
    }
    const done = await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'binary')));
    for (const [what, mine, theirs] of [
      ['put', 'put', 'rawPut'],
      ['get', 'get', 'rawGet'],
    ] as const) {
      const ratios = done.map((one) => one[mine] / one[theirs]);
      lines.push({
        what: `${what} 30 MB of bytes`,
        ours: msText(median(done.map((one) => one[mine]))),
        against: `raw ${what} ${msText(median(done.map((one) => one[theirs])))}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
      });
    }
    return lines;
  },
});
