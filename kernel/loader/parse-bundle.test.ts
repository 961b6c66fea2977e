import { describe, expect, test } from 'vitest';
import { bundle as pack, type Files } from '../../programs/bundle.ts';
import {
  brokenProgram,
  brokenSurfaces,
  hostile,
  manifests,
  plainPlugin,
  unreadableSurfaces,
  withManifest,
  yamlBomb,
} from '../../tests/fixtures/bundles.ts';
import { tideBundle, tideNotes, type TideOptions } from '../../tests/fixtures/tide-notes.ts';
import type { Bundle } from './bundle.ts';
import { notAsked } from './not-asked.ts';
import { openBundle } from './plan.ts';

const open = (zip: Uint8Array): Bundle => {
  const result = openBundle(zip);
  if (!result.ok) throw new Error(result.error.message);
  return result.value.bundle;
};
const refusal = (zip: Uint8Array): string => {
  const result = openBundle(zip);
  return result.ok ? 'accepted' : result.error.message;
};
const tide = (files: TideOptions['files']): Bundle => open(tideBundle({ files: files ?? {} }).zip);
const ROLE = 'org.allod/workspace/agents/tide-keeper/AGENT.md';
const JOB = 'org.allod/workspace/jobs/note-tides.md';
const PROGRAM = 'org.allod/program.yaml';
const source = (path: string): string => new TextDecoder().decode(tideNotes().get(path));
const forked = (read: Bundle, path: string): string | Uint8Array | undefined =>
  read.forks.find((fork) => fork.path === path)?.content;

describe('a sound program', () => {
  test('every part is read, and nothing is remarked', () => {
    const read = tide({});
    expect(read.warnings).toEqual([]);
    expect(read).toMatchObject({
      title: 'Tide notes',
      author: 'Harbour office',
      powers: { write: ['/workspace/tides/**'], effects: [], spend: { usd: 1, per: 'month' } },
      skills: ['read-tide-table'],
    });
    expect(read.forks.map((fork) => fork.path)).toEqual([
      '/workspace/agents/tide-keeper/AGENT.md',
      '/workspace/jobs/note-tides.md',
      '/workspace/tides/AGENTS.md',
    ]);
  });

  test('roles and jobs are stamped with one line, and every other byte stays', () => {
    const read = tide({ [ROLE]: source(ROLE).replaceAll('\n', '\r\n') });
    expect(forked(read, '/workspace/jobs/note-tides.md')).toBe(
      source(JOB).replace('---\n', '---\nprogram: tide-notes\n'),
    );
    expect(forked(read, '/workspace/agents/tide-keeper/AGENT.md')).toBe(
      source(ROLE).replaceAll('\n', '\r\n').replace('---\r\n', '---\r\nprogram: tide-notes\r\n'),
    );
    expect(forked(read, '/workspace/tides/AGENTS.md')).toBe(source('org.allod/workspace/tides/AGENTS.md'));
  });

  test('a name that YAML would read as something else is stamped as text', () => {
    for (const name of ['123', 'null', 'true', '1.0', '0x1f']) {
      const read = open(
        tideBundle({ files: { 'plugin.json': source('plugin.json').replace('"tide-notes"', `"${name}"`) } }).zip,
      );
      expect(read.warnings).toEqual([]);
      expect(read.jobs).toHaveLength(1);
      expect(forked(read, '/workspace/jobs/note-tides.md')).toContain(`program: "${name}"\n`);
    }
  });

  test('what it does not ask for', () => {
    expect(notAsked(tide({}))).toEqual([
      'send, buy or publish anything',
      'read from the web',
      'use any of your keys',
      'send you notices',
      "read other agents' memory",
      'run code: a program is files, never code',
    ]);
    const asking = tide({
      [PROGRAM]:
        'title: T\npowers:\n  effects:\n    - { http: "GET https://a.example/**", secret: A_KEY, class: read }\n    - { http: "POST https://a.example/order" }\n    - notify: true\n',
      [ROLE]: source(ROLE).replace('[read, list, write]', '[read, list, write, bash]'),
    });
    expect(notAsked(asking)).toEqual(['write any file of yours', "read other agents' memory"]);
    expect(asking.powers.effects).toEqual([
      'http GET https://a.example/** as read with A_KEY',
      'http POST https://a.example/order',
      'notify',
    ]);
    expect(asking.warnings.join()).not.toContain('not understood');
  });

  test.each(['http: "POST https://a.example/order"', 'mcp: "mail *"'])(
    'what may send is not told as a look: { %s, class: read }',
    (power) => {
      const asking = tide({ [PROGRAM]: `title: T\npowers:\n  effects: [{ ${power}, class: read }]\n` });
      expect(notAsked(asking)).not.toContain('send, buy or publish anything');
      expect(notAsked(asking)).not.toContain('read from the web');
    },
  );

  test('[E3] an effect that is not understood is named, and grants nothing', () => {
    for (const power of [
      'http: "GET https://*.example/**"',
      'http: "GET https://a.example/", class: harmless',
      'mail: all',
    ]) {
      const { warnings } = tide({ [PROGRAM]: `title: T\npowers:\n  effects: [{ ${power} }]\n` });
      expect(warnings.filter((line) => line.includes('not understood'))).toHaveLength(1);
    }
  });
});

describe('plugin.json', () => {
  test.each(manifests)('[A27] $id: $verdict', ({ json, verdict }) => {
    const result = openBundle(withManifest(json));
    expect(
      result.ok
        ? result.value.bundle.warnings.some((line) => line.startsWith('plugin.json'))
          ? 'report'
          : 'accept'
        : 'refuse',
    ).toBe(verdict);
  });

  test('missing, or one folder down: the message says which', () => {
    expect(refusal(hostile.find(({ id }) => id === 'no-manifest')?.zip() ?? new Uint8Array())).toMatch(
      /no plugin\.json at the root/,
    );
    const down: Files = new Map([...tideNotes()].map(([path, bytes]) => [`tide-main/${path}`, bytes]));
    expect(refusal(pack(down).zip)).toMatch(/one level down, in tide-main\//);
  });
});

describe('[A27] a plain Agent Plugin', () => {
  test('is a program with skills and no surfaces; what cannot run here is skipped with a message', () => {
    const read = open(plainPlugin());
    expect(read).toMatchObject({
      skills: ['fold-map'],
      surfaces: [],
      roles: [],
      jobs: [],
      forks: [],
      mcpServers: [{ name: 'charts', url: 'https://charts.example/mcp' }],
    });
    expect(read.warnings.some((line) => line.includes('"local" is skipped: stdio'))).toBe(true);
    expect(read.warnings.some((line) => line.includes('The skill broken is left out'))).toBe(true);
  });

  test('a bad mcp.json drops its servers and nothing else', () => {
    for (const bad of [
      '{',
      '{"mcpServers":{}}',
      `{"$schema":"https://agent-plugins.org/schemas/1.0.0/mcp.schema.json","mcpServers":{},"extra":1}`,
    ]) {
      const read = tide({ 'mcp.json': bad });
      expect(read.mcpServers).toEqual([]);
      expect(read.warnings).toHaveLength(1);
      expect(read.skills).toEqual(['read-tide-table']);
    }
  });
});

describe('[A26] one bad file falls alone', () => {
  test('a broken surface is named with its line; its neighbour stands', () => {
    const read = open(brokenSurfaces.zip());
    expect(read.surfaces.map(({ id }) => id)).toEqual(brokenSurfaces.sound);
    expect(read.warnings).toEqual([
      expect.stringMatching(
        new RegExp(`^${brokenSurfaces.file}:${brokenSurfaces.line}: .*${brokenSurfaces.says}.*"tides"`),
      ),
    ]);
  });

  test('unreadable surfaces and an alias bomb: no surface, the rest stands', () => {
    for (const zip of [unreadableSurfaces.zip(), yamlBomb()]) {
      const read = open(zip);
      expect(read.surfaces).toEqual([]);
      expect(read.jobs).toHaveLength(1);
      expect(read.warnings).toEqual([
        expect.stringMatching(/^org\.allod\/surfaces\.yaml:\d+: .*None of its surfaces shows/),
      ]);
    }
  });

  test('a program.yaml that cannot be used gives no powers', () => {
    const read = open(brokenProgram.zip());
    expect(read.powers).toEqual({ write: [], effects: [] });
    expect(read.warnings[0]).toMatch(
      new RegExp(`^${brokenProgram.file}:${brokenProgram.line}: .*${brokenProgram.says}.*no powers`),
    );
  });

  test('a broken role or job is left out alone', () => {
    const read = tide({
      [JOB]: '---\nagent: tide-keeper\nschedule: 5\n---\nx\n',
      'org.allod/workspace/jobs/other.md': source(JOB),
    });
    expect(read.jobs.map((job) => job.slug)).toEqual(['other']);
    expect(read.warnings).toEqual([expect.stringMatching(/jobs\/note-tides\.md:3: .*left out/)]);
  });

  test('unknown keys are reported and ignored', () => {
    const read = tide({ [JOB]: source(JOB).replace('tz:', 'colour: blue\ntz:') });
    expect(read.jobs).toHaveLength(1);
    expect(read.warnings).toEqual([expect.stringContaining('"colour" is not known')]);
  });
});
