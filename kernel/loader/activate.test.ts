import { describe, expect, test } from 'vitest';
import { bundleAll } from '../../programs/bundle-plugin.ts';
import { defusedScripts, plainPlugin, rivalAnalyst } from '../../tests/fixtures/bundles.ts';
import { tideBundle, tideNotes } from '../../tests/fixtures/tide-notes.ts';
import { hashHex } from '../protocol/bytes.ts';
import { must } from '../protocol/errors.ts';
import type { Receipt } from '../protocol/formats/records.ts';
import type { Stat } from '../protocol/files.ts';
import { rootOf } from './deactivate.ts';
import { createLoader } from './loader.ts';
import {
  boot,
  plan,
  install,
  activate,
  deactivate,
  text,
  record,
  files,
  snapshot,
  tide,
  ROLE,
  JOB,
  HOUSE,
} from '../../tests/kits/tide.ts';

describe('activate', () => {
  test("[A23] forks in one change set, in the program's name, stamped, with the fork recorded", async () => {
    const { op } = await boot();
    await install(op, tide);
    const receipt = await activate(op, 'tide-notes');
    expect(receipt).toMatchObject({ id: '1', act: 'activate', by: 'operator', added: [ROLE, JOB, HOUSE], kept: [] });
    for (const path of receipt.added) {
      const { stat } = must(await op.read(path));
      expect(stat).toMatchObject({
        actor: 'program:tide-notes',
        attrs: { fork: hashHex(tide), program: 'tide-notes' },
      });
      const history = must(await op.list(path, { history: true })).entries;
      expect(history.at(-1)?.message).toContain('Activate Tide notes 0.1.0');
    }
    const causes = new Set(
      await Promise.all(
        receipt.added.map(async (path) => must(await op.list(path, { history: true })).entries[0]?.cause),
      ),
    );
    expect(causes.size).toBe(1);
    expect(await text(op, JOB)).toMatch(/^---\nprogram: tide-notes\ntitle:/);
    const kept = await record(op, 'tide-notes');
    expect(kept).toMatchObject({ state: 'active', agents: ['tide-keeper'], jobs: [JOB] });
    for (const path of receipt.added) expect(kept.forked[path]).toBe(hashHex(await text(op, path)));
    expect(JSON.parse(await text(op, '/system/receipts/1.json'))).toEqual(receipt);
  });

  test('its agent may write what was consented to, and only while it is active', async () => {
    const { kernel, op } = await boot();
    const agent = kernel.as('agent:tide-keeper');
    const note = (day: number) =>
      agent.write([{ op: 'put', path: `/workspace/tides/days/${day}.md`, content: 'x' }], { message: 'note' });
    await install(op, tide);
    expect((await note(1)).ok).toBe(false);
    await activate(op, 'tide-notes');
    expect((await note(2)).ok).toBe(true);
    expect(
      (await agent.write([{ op: 'put', path: '/workspace/other.md', content: 'x' }], { message: 'reach' })).ok,
    ).toBe(false);
    await deactivate(op, 'tide-notes');
    expect((await note(3)).ok).toBe(false);
  });

  test('a file that exists is never overwritten: kept and listed', async () => {
    const { op } = await boot();
    must(await op.write([{ op: 'put', path: HOUSE, content: 'mine\n' }], { message: 'mine' }));
    await install(op, tide);
    expect(await activate(op, 'tide-notes')).toMatchObject({
      added: [ROLE, JOB],
      kept: [{ path: HOUSE, hash: hashHex('mine\n') }],
    });
    expect(await text(op, HOUSE)).toBe('mine\n');
    expect((await record(op, 'tide-notes')).forked).not.toHaveProperty([HOUSE]);
  });

  test("[A28] a role of the same name stays who it is, and gets neither powers nor the program's job", async () => {
    const { kernel, op } = await boot();
    const role = '---\nname: tide-keeper\ntools: [read]\nwrite: [/workspace/**]\n---\nMine.\n';
    must(await op.write([{ op: 'put', path: ROLE, content: role }], { message: 'mine' }));
    expect((await plan(op, tide)).warnings).toEqual([expect.stringContaining('is not this program')]);
    await install(op, tide);
    const receipt = await activate(op, 'tide-notes');
    expect(receipt.added).toEqual([HOUSE]);
    expect(await record(op, 'tide-notes')).toMatchObject({ agents: [], jobs: [] });
    expect(await text(op, ROLE)).toBe(role);
    const reach = await kernel
      .as('agent:tide-keeper')
      .write([{ op: 'put', path: '/workspace/tides/days/1.md', content: 'x' }], { message: 'reach' });
    expect(reach.ok).toBe(false);
  });

  test("[A26] two programs side by side; the second one's clash leaves the first as it was", async () => {
    const { op } = await boot();
    const { zips } = await bundleAll(new URL('../../programs/', import.meta.url).pathname);
    await install(op, zips.get('competitor-brief')?.zip ?? new Uint8Array());
    await activate(op, 'competitor-brief');
    const before = await snapshot(op, '/workspace');
    await install(op, rivalAnalyst());
    await activate(op, 'rival-analyst');
    expect(await snapshot(op, '/workspace')).toMatchObject(before);
    expect((await record(op, 'rival-analyst')).agents).toEqual(['tide-keeper']);
    await deactivate(op, 'rival-analyst');
    expect(await snapshot(op, '/workspace')).toMatchObject(before);
    expect(await record(op, 'competitor-brief')).toMatchObject({ state: 'active' });
  });

  test('[A7] two devices that activate the same bundle make the same files', async () => {
    const made: Stat[][] = [];
    for (const workspace of ['one', 'two']) {
      const { kernel, op } = await boot({ workspace, ports: () => ({ loader: createLoader({}) }) });
      await install(op, tide);
      const receipt = await activate(op, 'tide-notes');
      const ids = receipt.added.map((path) => [...kernel.kernel.fs.files(path)][0]?.node.id);
      made.push(ids as unknown as Stat[]);
      expect(ids.every((id) => typeof id === 'string')).toBe(true);
    }
    expect(made[0]).toEqual(made[1]);
  });

  test('[A7] activated on two devices offline, one edit each: after they exchange there is one copy, with both edits', async () => {
    const devices = [await boot(), await boot()] as const;
    for (const [i, { op }] of devices.entries()) {
      await install(op, tide);
      await activate(op, 'tide-notes');
      const old = (await text(op, HOUSE)).split('\n')[i === 0 ? 0 : 2] ?? '';
      must(await op.write([{ op: 'edit', path: HOUSE, old, new: `${old} ${i}` }], { message: 'mine' }));
    }
    const [one, two] = devices.map(({ kernel }) => kernel);
    for (const [to, from] of [
      [one, two],
      [two, one],
      [one, two],
      [two, one],
    ]) {
      if (!to || !from) continue;
      must(await to.kernel.fs.merge(await from.journal.parcels(to.journal.vector())));
    }
    const [here, there] = await Promise.all(
      devices.map(async ({ op }) => [await files(op, '/workspace'), await text(op, HOUSE)]),
    );
    expect(here).toEqual(there);
    const [listed, house] = here as [Stat[], string];
    expect(listed.filter(({ path }) => path.includes('~'))).toEqual([]);
    expect(listed.filter(({ conflict }) => conflict)).toEqual([]);
    expect(house.match(/ [01]$/gm)).toEqual([' 0', ' 1']);
    for (const { op } of devices) {
      const records = [...(await files(op, '/programs')), ...(await files(op, '/system/programs'))];
      expect(records.filter(({ path, conflict }) => path.includes('~') || conflict)).toEqual([]);
      expect(await record(op, 'tide-notes')).toMatchObject({ state: 'active' });
      expect(await files(op, '/system/conflicts')).toEqual([]);
    }
  });

  test('settings are made once with their defaults', async () => {
    const { op } = await boot();
    const asks = `${new TextDecoder().decode(tideNotes().get('org.allod/program.yaml'))}settings:\n  harbours: { type: "string[]", title: "Harbours to watch", default: [Horta] }\n  unit: { type: string, title: Unit }\n`;
    const zip = tideBundle({ files: { 'org.allod/program.yaml': asks } }).zip;
    const path = '/workspace/settings/tide-notes.yaml';
    expect((await plan(op, zip)).forks).toContain(path);
    await install(op, zip);
    await activate(op, 'tide-notes');
    expect(await text(op, path)).toBe('# Harbours to watch\nharbours:\n  - Horta\n# Unit\nunit: ""\n');
    must(await op.write([{ op: 'edit', path, old: 'Horta', new: 'Lajes' }], { message: 'mine' }));
    await deactivate(op, 'tide-notes');
    await activate(op, 'tide-notes');
    expect(await text(op, path)).toContain('Lajes');
  });

  test('populating jobs start on the first activation and not again', async () => {
    const started: string[] = [];
    const ended = { state: 'done' as const, usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 } };
    const { kernel, op } = await boot({
      ports: () => ({
        loader: createLoader({}),
        agents: { run: async (_sys, order) => (started.push(order.job?.slug ?? ''), ended) },
      }),
    });
    const asks = `${new TextDecoder().decode(tideNotes().get('org.allod/program.yaml'))}populate: [note-tides, absent]\n`;
    await install(op, tideBundle({ files: { 'org.allod/program.yaml': asks } }).zip);
    expect(started).toEqual([]);
    await activate(op, 'tide-notes');
    await kernel.clock.advance(10);
    expect(started).toEqual(['note-tides']);
    await deactivate(op, 'tide-notes');
    await activate(op, 'tide-notes');
    await kernel.clock.advance(10);
    expect(started).toEqual(['note-tides']);
  });

  test('two programs activated at once both finish, each with a receipt of its own', async () => {
    const { op } = await boot();
    await install(op, tide);
    await install(op, plainPlugin());
    const receipts = await Promise.all([activate(op, 'tide-notes'), activate(op, 'plain-plugin')]);
    expect(receipts.map(({ id }) => id).sort()).toEqual(['1', '2']);
    const twice = await Promise.all(['deactivate', 'deactivate'].map((call) => op.call(call, { name: 'tide-notes' })));
    expect(twice.filter((result) => result.ok)).toHaveLength(1);
  });

  test('what is not installed, or active already, is refused', async () => {
    const { op } = await boot();
    expect(await op.invoke('activate', { name: 'tide-notes' })).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
    await install(op, tide);
    await activate(op, 'tide-notes');
    expect(await op.invoke('activate', { name: 'tide-notes' })).toMatchObject({ ok: false, error: { code: 'EEXIST' } });
  });

  test('[A27] a plain Agent Plugin becomes active with nothing to fork', async () => {
    const { op } = await boot();
    await install(op, plainPlugin());
    expect(await activate(op, 'plain-plugin')).toMatchObject({ added: [], kept: [] });
    expect(await record(op, 'plain-plugin')).toMatchObject({ state: 'active' });
  });

  test('[A28] scripts are carried as files', async () => {
    const { op } = await boot();
    await install(op, defusedScripts());
    await activate(op, 'tide-notes');
    expect(await text(op, '/workspace/tides/chart.svg')).toContain('<script>');
  });
});

describe('[A24] deactivate', () => {
  test('keeps every byte, and the receipt proves it', async () => {
    const { kernel, op } = await boot();
    await install(op, tide);
    await activate(op, 'tide-notes');
    must(
      await kernel
        .as('agent:tide-keeper')
        .write([{ op: 'put', path: '/workspace/tides/days/1.md', content: 'high\n' }], { message: 'note' }),
    );
    must(
      await op.write([{ op: 'edit', path: JOB, old: 'Note the tides of today', new: 'Note them' }], {
        message: 'mine',
      }),
    );
    const before = await snapshot(op, '/workspace');
    const receipt = await deactivate(op, 'tide-notes');
    expect(await snapshot(op, '/workspace')).toEqual(before);
    expect(receipt).toMatchObject({
      id: '2',
      act: 'deactivate',
      stopped: [JOB],
      revoked: ['agent:tide-keeper write /workspace/tides/**'],
      removed: ['tide-notes/tides'],
    });
    expect(receipt.kept).toEqual(
      [ROLE, JOB, HOUSE, '/workspace/tides/days/1.md'].map((path) => ({ path, hash: before[path] })),
    );
    expect(receipt.rootBefore).toBe(rootOf(receipt.kept));
    expect(receipt.rootAfter).toBe(receipt.rootBefore);
    expect(await record(op, 'tide-notes')).toMatchObject({ state: 'installed' });
    expect(JSON.parse(await text(op, '/system/receipts/2.json')) as Receipt).toEqual(receipt);
    expect(await op.fire(JOB)).toMatchObject({ ok: true, value: { state: 'denied' } });
  });

  test('activating again restores the framing, keeps edits, and leaves removed files removed', async () => {
    const { op } = await boot();
    await install(op, tide);
    await activate(op, 'tide-notes');
    must(await op.write([{ op: 'edit', path: ROLE, old: 'Read the tide table', new: 'Read it' }], { message: 'mine' }));
    must(
      await op.write(
        [
          { op: 'remove', path: JOB },
          { op: 'remove', path: HOUSE },
        ],
        { message: 'away' },
      ),
    );
    await deactivate(op, 'tide-notes');
    const receipt = await activate(op, 'tide-notes');
    expect(receipt.added).toEqual([JOB]);
    expect(await text(op, ROLE)).toContain('Read it');
    expect(await text(op, JOB)).toMatch(/^---\nprogram: tide-notes\n/);
    expect((await files(op, '/workspace/tides')).map(({ path }) => path)).toEqual([]);
    expect(await record(op, 'tide-notes')).toMatchObject({ agents: ['tide-keeper'], jobs: [JOB] });
  });

  test('what is not active is refused, and nothing is written', async () => {
    const { op } = await boot();
    await install(op, tide);
    expect(await op.invoke('deactivate', { name: 'tide-notes' })).toMatchObject({
      ok: false,
      error: { code: 'EINVAL' },
    });
    expect(await files(op, '/system/receipts')).toEqual([]);
  });
});
