import fc from 'fast-check';
import { Bash, InMemoryFs } from 'just-bash/browser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import { runLine } from './runner.ts';

let kernel: Memory;
beforeAll(async () => {
  kernel = await bootMemory();
});
afterAll(() => kernel.stop());

const START: Record<string, string> = { a: 'A\n', b: 'B\n', 'd/a': 'DA\n', 'd/e/b': 'DEB\n' };
const place = fc.constantFrom('a', 'b', 'c', 'd', 'd/a', 'd/b', 'd/e', 'd/e/b', 'n', 'n/a', 'n/d');
const text = fc.constantFrom('x', 'y', 'A');
/** The plain file system makes missing folders by itself, which no real one does. */
const where = (at: string): string => `[ -d "$(dirname ${at})" ] &&`;
const command = fc.oneof(
  fc.tuple(place, place).map(([from, to]) => `${where(to)} mv -T ${from} ${to}`),
  fc.tuple(place, place).map(([from, to]) => `${where(to)} mv ${from} ${to}`),
  fc.tuple(place, place).map(([from, to]) => `${where(to)} cp -r ${from} ${to}`),
  place.map((at) => `rm -r ${at}`),
  place.map((at) => `rm ${at}`),
  place.map((at) => `rmdir ${at}`),
  place.map((at) => `[ ! -f d ] && [ ! -f "$(dirname ${at})" ] && mkdir -p ${at}`),
  fc.tuple(text, place).map(([word, at]) => `${where(at)} echo ${word} > ${at}`),
  fc.tuple(text, place).map(([word, at]) => `${where(at)} echo ${word} >> ${at}`),
  place.map((at) => `[ -f ${at} ] && sed -i s/A/AA/ ${at}`),
);

/** just-bash's own disk lets a file take the place of a folder, and the other way round; no real one does. */
class PlainFs extends InMemoryFs {
  override async cp(...[from, to, options]: Parameters<InMemoryFs['cp']>): Promise<void> {
    await this.#sameKind(from, to);
    return super.cp(from, to, options);
  }
  override async mv(...[from, to]: Parameters<InMemoryFs['mv']>): Promise<void> {
    await this.#sameKind(from, to);
    return super.mv(from, to);
  }
  async #sameKind(from: string, to: string): Promise<void> {
    const there = await this.stat(to).catch(() => undefined);
    if (there && there.isFile !== (await this.stat(from)).isFile)
      throw new Error(`EISDIR: is of another kind, mv '${to}'`);
  }
}

/** Every file with its text, and every folder. */
const listing = 'find . | sort; for f in $(find . -type f | sort); do echo "$f: $(cat $f)"; done';

test('[A30] [F2] any line leaves what the same line leaves on a plain disk, in one change set', async () => {
  let cases = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
      const home = `/workspace/case-${++cases}`;
      const script = commands.join('\n');
      const plain = new PlainFs(
        Object.fromEntries(Object.entries(START).map(([path, content]) => [`${home}/${path}`, content])),
      );
      const bash = new Bash({ fs: plain, cwd: home });
      await bash.exec(script, { rawScript: true, cwd: home });
      const expected = (await bash.exec(listing, { cwd: home })).stdout;

      const operator = kernel.as('operator');
      const files = Object.entries(START).map(([path, content]) => ({
        op: 'put' as const,
        path: `${home}/${path}`,
        content,
        base: null,
      }));
      must(await operator.write(files, { message: 'start' }));
      let writes = 0;
      const port: Parameters<typeof runLine>[0] = {
        actor: 'operator',
        invoke: (name, args) => {
          if (name === 'write') writes++;
          return operator.invoke(name, args);
        },
      };
      const limits = { timeMs: 10_000, outputChars: 100_000 };
      const ended = await runLine(port, { script, cwd: home }, limits);
      expect(ended.stderr).not.toContain('allod:');
      expect(writes).toBeLessThanOrEqual(1);
      expect((await runLine(port, { script: listing, cwd: home }, limits)).stdout).toBe(expected);
      const folders = must(await operator.list(home, { depth: 9 })).entries as Stat[];
      expect(folders.length).toBe(expected.split('\n').filter((row) => /^\.\/[^:]*$/.test(row)).length);
    }),
    { numRuns: 60 },
  );
}, 60_000);
