import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bundleAll } from '../../programs/bundle-plugin.ts';
import { hostile, tideUpgrade } from '../../tests/fixtures/bundles.ts';
import { tideBundle, tideNotes } from '../../tests/fixtures/tide-notes.ts';
import { startHost } from '../../tests/servers/host.ts';
import { hashHex } from '../protocol/bytes.ts';
import { must } from '../protocol/errors.ts';
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

describe('plan', () => {
  test('reads and changes nothing', async () => {
    const { op } = await boot();
    const before = await snapshot(op, '/');
    const shown = await plan(op, tide);
    expect(shown).toMatchObject({
      name: 'tide-notes',
      title: 'Tide notes',
      version: '0.1.0',
      author: 'Harbour office',
      source: 'a dropped file',
      digest: hashHex(tide),
      bytes: tide.length,
      signed: false,
      powers: { write: ['/workspace/tides/**'], effects: [], spend: { usd: 1, per: 'month' } },
      agents: [{ name: 'tide-keeper', autonomy: 'bounded', write: ['/workspace/tides/days/*.md'] }],
      jobs: [{ slug: 'note-tides', title: 'Note the tides', when: 'daily 05:00, Europe/Lisbon', agent: 'tide-keeper' }],
      surfaces: [{ id: 'tides', title: 'Tides', archetype: 'dashboard' }],
      skills: ['read-tide-table'],
      forks: [ROLE, JOB, HOUSE],
      conflicts: [],
      warnings: [],
    });
    expect(shown).not.toHaveProperty('installed');
    expect(shown.notAsked).toContain('send, buy or publish anything');
    expect(await snapshot(op, '/')).toEqual(before);
  });

  test('from an address, and a conflict is named', async () => {
    const { op } = await boot();
    const host = await startHost({ files: new Map([['/tide.zip', tide]]) });
    must(await op.write([{ op: 'put', path: HOUSE, content: 'mine\n' }], { message: 'mine' }));
    const shown = await plan(op, `${host.url}/tide.zip`);
    expect(shown).toMatchObject({ source: `${host.url}/tide.zip`, conflicts: [HOUSE] });
    await host.close();
  });

  test('[A28] a hostile bundle is refused with a reason, and nothing is installed', async () => {
    const { op } = await boot();
    const before = await snapshot(op, '/');
    for (const { id, zip } of hostile) {
      const refused = await op.invoke('plan', { source: zip() });
      expect(refused.ok ? id : refused.error.message.length > 20, id).toBe(true);
    }
    expect(await snapshot(op, '/')).toEqual(before);
  });

  test('[A27] the programs of this repository plan without a remark', async () => {
    const { op } = await boot();
    const { zips } = await bundleAll(new URL('../../programs/', import.meta.url).pathname);
    expect(zips.size).toBeGreaterThan(0);
    for (const [name, { zip }] of zips)
      expect(await plan(op, zip), name).toMatchObject({ name, warnings: [], conflicts: [] });
  });
});

describe('install', () => {
  test('puts every file as it came, records consent, and runs nothing', async () => {
    const { kernel, op } = await boot();
    const workspace = await snapshot(op, '/workspace');
    const installed = await install(op, tide);
    expect(installed).toMatchObject({
      name: 'tide-notes',
      state: 'installed',
      digest: hashHex(tide),
      source: 'a dropped file',
      agents: ['tide-keeper'],
      jobs: [JOB],
      forked: {},
    });
    expect(await record(op, 'tide-notes')).toEqual(installed);
    for (const [path, bytes] of tideNotes())
      expect(must(await op.read(`/programs/tide-notes/${path}`, { as: 'bytes' })).content).toEqual(bytes);
    expect(await snapshot(op, '/workspace')).toEqual(workspace);
    expect(kernel.kernel.processes.list()).toEqual([]);
    expect(await files(op, '/system/runs')).toEqual([]);
  });

  test('a digest that was not planned is refused; the same one again changes nothing', async () => {
    const { op } = await boot();
    expect(await op.invoke('install', { digest: hashHex(tide) })).toMatchObject({
      ok: false,
      error: { code: 'EINVAL' },
    });
    const first = await install(op, tide);
    const before = await snapshot(op, '/');
    expect(await install(op, tide)).toEqual(first);
    expect(await snapshot(op, '/')).toEqual(before);
    expect(await plan(op, tide)).toMatchObject({ installed: { version: '0.1.0', state: 'installed' } });
  });

  test('bytes that are not those of the digest are refused', async () => {
    const { op } = await boot({
      ports: () => ({ loader: createLoader({ staging: { put: () => undefined, get: () => tideUpgrade(true) } }) }),
    });
    const { digest } = await plan(op, tide);
    expect(await op.invoke('install', { digest })).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
    expect(await files(op, '/programs')).toEqual([]);
  });

  test('another version: refused while active, else it takes the place of the old files', async () => {
    const { op } = await boot();
    await install(op, tideBundle({ files: { 'old.md': 'old' } }).zip);
    await activate(op, 'tide-notes');
    const { digest } = await plan(op, tideUpgrade(false));
    expect(await op.invoke('install', { digest })).toMatchObject({ ok: false, error: { code: 'EBUSY' } });
    await deactivate(op, 'tide-notes');
    expect(must(await op.invoke('install', { digest }))).toMatchObject({
      version: '0.2.0',
      state: 'installed',
      forked: { [ROLE]: expect.any(String) as string },
    });
    const there = (await files(op, '/programs/tide-notes')).map(({ path }) => path);
    expect(there).not.toContain('/programs/tide-notes/old.md');
    expect(await text(op, '/programs/tide-notes/plugin.json')).toContain('0.2.0');
  });

  test('a large file and a binary one come back byte for byte', async () => {
    const { op } = await boot();
    const noise = Uint8Array.from({ length: 600_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 11) & 255);
    const zip = zipSync({
      ...Object.fromEntries(tideNotes()),
      'noise.bin': noise,
      'org.allod/workspace/tides/chart.png': noise.slice(0, 5000),
    });
    await install(op, zip);
    await activate(op, 'tide-notes');
    expect(must(await op.read('/programs/tide-notes/noise.bin', { as: 'bytes' })).content).toEqual(noise);
    expect(must(await op.read('/workspace/tides/chart.png', { as: 'bytes' })).content).toEqual(noise.slice(0, 5000));
  });
});
