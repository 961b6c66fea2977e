import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { build, createServer as createVite } from 'vite';
import { describe, expect, test } from 'vitest';
import { changeSchema } from '../kernel/protocol/files.ts';
import { parseJob } from '../kernel/protocol/formats/job.ts';
import { parsePlugin } from '../kernel/protocol/formats/plugin.ts';
import { parseProgram } from '../kernel/protocol/formats/program.ts';
import { parseRehearsal } from '../kernel/protocol/formats/rehearsal.ts';
import { parseRole } from '../kernel/protocol/formats/role.ts';
import { parseSurfaces } from '../kernel/protocol/formats/surfaces.ts';
import { matcher, parsePath } from '../kernel/protocol/paths.ts';
import { CALLS } from '../kernel/protocol/syscalls.ts';
import type { Result } from '../kernel/protocol/errors.ts';
import { bundle, inventoryPath, sha256Hex, type Files, type Inventory } from './bundle.ts';
import { bundlePrograms, readFiles, type ProgramIndex } from './bundle-plugin.ts';

const home = fileURLToPath(new URL('.', import.meta.url));
const files = await readFiles(join(home, 'competitor-brief'));
const text = (path: string): string => new TextDecoder().decode(files.get(path));
const below = (prefix: string): string[] => [...files.keys()].filter((path) => path.startsWith(prefix));
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const workspace = 'org.allod/workspace';
const program = value(parseProgram('program.yaml', text('org.allod/program.yaml')));
const roles = below(`${workspace}/agents/`).map((path) => value(parseRole(path, text(path))));
const jobs = below(`${workspace}/jobs/`).map((path) => value(parseJob(path.slice('org.allod'.length), text(path))));
const rehearsals = below('org.allod/rehearsal/')
  .filter((path) => path.endsWith('.jsonl'))
  .map((path) => value(parseRehearsal(path, text(path))));
const asked = matcher(program.value.powers.write);

describe('competitor-brief', () => {
  test('plugin.json is Agent Plugins 1.0.0 without a remark', () => {
    const { plugin, warnings } = value(parsePlugin('plugin.json', text('plugin.json')));
    expect(warnings).toEqual([]);
    expect(plugin.name).toBe('competitor-brief');
    expect(Object.values(plugin.extensions ?? {}).every((mine) => typeof mine === 'object')).toBe(true);
    for (const path of below('skills/')) {
      const folder = path.split('/')[1];
      expect(path.split('/')).toHaveLength(3);
      expect(text(path)).toMatch(new RegExp(`^---\nname: ${folder}\ndescription: .{20,1024}\n`));
    }
  });

  test('every file has a plain path and refers to nothing above itself', () => {
    for (const path of files.keys()) {
      expect(parsePath(`/${path}`)).toEqual({ ok: true, value: `/${path}` });
      expect(text(path)).not.toContain('../');
    }
  });

  test('roles, jobs, program and surfaces parse with nothing unknown in them', () => {
    expect(program.warnings).toEqual([]);
    expect(roles.map((role) => role.name)).toEqual(['analyst', 'writer']);
    expect(jobs.map((job) => [job.slug, job.agent])).toEqual([
      ['read-inbox', 'analyst'],
      ['write-briefing', 'writer'],
    ]);
    const surfaces = value(parseSurfaces('surfaces.yaml', text('org.allod/surfaces.yaml')));
    expect(surfaces.broken).toEqual([]);
    expect(surfaces.surfaces.map((surface) => surface.archetype)).toEqual(['dashboard', 'document', 'queue', 'stream']);
  });

  test("nothing writes outside the powers it asks for, and the house rules are not an agent's to change", () => {
    const sample = (glob: string) => glob.replace('/**', '/x/y').replace('*', 'x');
    for (const role of roles) {
      for (const glob of role.write) expect(asked(sample(glob)), `${role.name}: ${glob}`).toBe(true);
      expect(matcher(role.write)('/workspace/context/competitors/AGENTS.md')).toBe(false);
    }
    for (const job of jobs) if (job.expects) expect(asked(job.expects), job.slug).toBe(true);
    expect(asked('/workspace/agents/analyst/AGENT.md')).toBe(false);
  });

  test('the two agents share files alone: neither prompt names the other', () => {
    const [analyst, writer] = roles;
    expect(analyst!.prompt.toLowerCase()).not.toMatch(/writer|briefing/);
    expect(writer!.prompt.toLowerCase()).not.toMatch(/analyst|inbox/);
  });

  test('each job has a rehearsal, for the agent it runs', () => {
    expect(rehearsals.map(({ job, agent }) => [job, agent])).toEqual(jobs.map(({ path, agent }) => [path, agent]));
  });
});

/** Whole dates, months of a year, and figures with their currency: each as one token, so that €4 is not part of €45. */
const figures = (prose: string): string[] =>
  prose.match(/\d{4}-\d\d-\d\d|\d+ [A-Z][a-z]+ 20\d\d|[A-Z][a-z]+ 20\d\d|[€$]?\d[\d.,]*\d|[€$]?\d/g) ?? [];

describe.each(rehearsals.map((rehearsal) => [rehearsal.job, rehearsal] as const))('rehearsal of %s', (_, rehearsal) => {
  const calls = rehearsal.turns.flatMap((turn) => turn.content.filter((block) => block.type === 'tool_use'));
  const role = roles.find(({ name }) => name === rehearsal.agent)!;
  const puts = calls.flatMap((call) =>
    call.name === 'write' ? (call.input['changes'] as { op: string; path: string; content: string }[]) : [],
  );

  test('its inputs are in the bundle with the hashes it names', () => {
    expect(rehearsal.inputs).toHaveLength(3);
    for (const { path, from, sha256 } of rehearsal.inputs) {
      expect(path).toMatch(/^\/workspace\/inbox\/[^/]+$/);
      const bytes = files.get(`org.allod/rehearsal/${from}`);
      expect(bytes && sha256Hex(bytes), from).toBe(sha256);
    }
  });

  test('calls only tools of the role, with arguments the kernel takes', () => {
    for (const call of calls) {
      expect(role.tools, call.name).toContain(call.name);
      const row = CALLS[call.name as 'read' | 'list' | 'search' | 'write' | 'propose'];
      const parsed = row.schema.safeParse(call.input);
      expect(parsed.error?.issues ?? [], call.id).toEqual([]);
    }
    expect(new Set(calls.map((call) => call.id)).size).toBe(calls.length);
    const stops = rehearsal.turns.map((turn) => turn.stop_reason);
    expect(stops).toEqual([...stops.slice(1).map(() => 'tool_use'), 'end_turn']);
  });

  test('reads each file before it puts it, and puts within the role', () => {
    const order = calls.flatMap((call) =>
      call.name === 'write' ? puts.map((put) => `put ${put.path}`) : [`${call.name} ${String(call.input['path'])}`],
    );
    for (const put of puts) {
      expect(changeSchema.safeParse(put).success).toBe(true);
      expect(matcher(role.write)(put.path), put.path).toBe(true);
      expect(order.indexOf(`read ${put.path}`)).toBeGreaterThanOrEqual(0);
      expect(order.indexOf(`read ${put.path}`)).toBeLessThan(order.indexOf(`put ${put.path}`));
    }
    expect(puts.length).toBe(rehearsal.agent === 'analyst' ? 3 : 1);
  });

  test('states no figure, price or date that its material does not hold', () => {
    const material = new Map(rehearsal.inputs.map(({ path, from }) => [path, text(`org.allod/rehearsal/${from}`)]));
    const all = [...material.values()].join('\n');
    for (const { path, content } of puts) {
      const cited = [...material].filter(([source]) => content.includes(source)).map(([, body]) => body);
      if (rehearsal.agent === 'analyst') expect(cited, path).toHaveLength(1);
      const held = (cited.join('\n') || all) + [...material.keys()].join('\n');
      const stated = content.replaceAll('{date}', '').replace(/\[[^\]]+\]|\/workspace\/\S+/g, '');
      const facts = figures(stated);
      expect(facts.length).toBeGreaterThan(5);
      for (const fact of facts) expect(figures(held), path).toContain(fact);
    }
    for (const { input } of calls.filter(({ name }) => name === 'propose')) {
      const { title, body } = input['effect'] as { title: string; body: string };
      for (const fact of figures(`${title}\n${body}`.replaceAll('{date}', '')))
        expect(figures(all), title).toContain(fact);
    }
  });
});

describe('bundle', () => {
  test('the same files give the same bytes, in any order and time zone', () => {
    const backwards: Files = new Map([...files].reverse());
    const first = bundle(files);
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Pacific/Auckland';
      expect(bundle(backwards).digest).toBe(first.digest);
      process.env['TZ'] = 'America/Los_Angeles';
      expect(bundle(files).digest).toBe(first.digest);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    expect(first.digest).toBe(sha256Hex(first.zip));
    expect(bundle(new Map(files).set('README.md', new Uint8Array(1))).digest).not.toBe(first.digest);
  });

  test('the inventory names every file but itself and a signature, with size and hash', () => {
    const signed = new Map(files).set('org.allod/signature.json', new Uint8Array(3));
    const { zip, inventory } = bundle(signed);
    const held = unzipSync(zip);
    const written = JSON.parse(new TextDecoder().decode(held[inventoryPath])) as Inventory;
    expect(written).toEqual(inventory);
    expect(Object.keys(held)).toEqual(Object.keys(held).sort());
    expect(Object.keys(held)).toHaveLength(files.size + 2);
    expect(inventory.files.map((file) => file.path)).toEqual([...files.keys()].sort());
    for (const { path, bytes, sha256 } of inventory.files) {
      expect([held[path]!.byteLength, sha256Hex(held[path]!)]).toEqual([bytes, sha256]);
    }
  });
});

describe('bundlePrograms', () => {
  const quiet = { configFile: false, logLevel: 'silent' } as const;
  const matches = (index: ProgramIndex, zip: Uint8Array) => {
    expect(index.programs).toHaveLength(1);
    expect(index.programs[0]).toMatchObject({
      name: 'competitor-brief',
      version: '0.1.0',
      title: 'Competitor brief',
      url: './competitor-brief.zip',
      bytes: zip.byteLength,
      sha256: sha256Hex(zip),
    });
    expect(sha256Hex(zip)).toBe(bundle(files).digest);
  };

  test('a build emits the zip and the index', async () => {
    const out = await mkdtemp(join(tmpdir(), 'programs-'));
    const entry = fileURLToPath(new URL('./bundle.ts', import.meta.url));
    const options = { outDir: out, emptyOutDir: true, lib: { entry, formats: ['es' as const], fileName: 'x' } };
    await build({ ...quiet, root: out, plugins: [bundlePrograms()], build: options });
    const index = JSON.parse(await readFile(join(out, 'programs/index.json'), 'utf8')) as ProgramIndex;
    matches(index, new Uint8Array(await readFile(join(out, 'programs/competitor-brief.zip'))));
    await rm(out, { recursive: true });
  }, 30_000);

  test('the dev server answers the same, below its base', async () => {
    const root = await mkdtemp(join(tmpdir(), 'programs-'));
    const server = { middlewareMode: true, watch: null, ws: false as const };
    const vite = await createVite({
      ...quiet,
      root,
      base: '/app/',
      appType: 'custom',
      plugins: [bundlePrograms()],
      server,
    });
    const http = createServer(vite.middlewares);
    await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(http.address() as { port: number }).port}/app/programs`;
    const index = (await (await fetch(`${url}/index.json`)).json()) as ProgramIndex;
    const zip = await fetch(`${url}/${index.programs[0]!.url}`);
    expect(zip.headers.get('content-type')).toBe('application/zip');
    matches(index, new Uint8Array(await zip.arrayBuffer()));
    expect((await fetch(`${url}/none.zip`)).status).toBe(404);
    http.close();
    http.closeAllConnections();
    await vite.close();
    await rm(root, { recursive: true });
  }, 30_000);
});
