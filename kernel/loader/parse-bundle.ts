/**
 * Files → Bundle: each part read by its own reader, and what is wrong with one part said without harming another.
 * Refused whole: no usable plugin.json, an inventory that does not fit, material that reaches for authority.
 * Pure: it reads no workspace and runs nothing; scripts in a bundle are bytes like any other.
 */
import { decodeText, hashHex } from '../protocol/bytes.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parsePlugin, type Plugin } from '../protocol/formats/plugin.ts';
import { describePower, parseProgram, type ProgramManifest } from '../protocol/formats/program.ts';
import { parseSurfaces, type Surface } from '../protocol/formats/surfaces.ts';
import type { Role } from '../protocol/formats/role.ts';
import { PRICES } from '../protocol/capability.ts';
import { parseGrant } from '../protocol/outside.ts';
import { matcher } from '../protocol/paths.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Bundle, Fork } from './bundle.ts';
import { patternProblem, samplesOf } from './pattern.ts';
import { readForks } from './read-forks.ts';
import { checkInventory, SIGNATURE } from './read-inventory.ts';
import { readMcp } from './read-mcp.ts';
import { readRehearsals } from './read-rehearsals.ts';
import { readSkills } from './read-skills.ts';
import { settingsPath, settingsText } from './settings-file.ts';
import { textReader, type TextReader } from './text-reader.ts';
import type { Files } from './unzip.ts';

const PLUGIN = 'plugin.json';
const PROGRAM = 'org.allod/program.yaml';
const SURFACES = 'org.allod/surfaces.yaml';

const readPlugin = (files: Files, text: TextReader): Result<{ plugin: Plugin; warnings: string[] }> => {
  if (files.has(PLUGIN)) {
    const source = text(PLUGIN);
    return source.ok ? parsePlugin(PLUGIN, source.value) : source;
  }
  const below = [...files.keys()].find((path) => /^[^/]+\/plugin\.json$/.test(path));
  if (!below) return err('EINVAL', 'There is no plugin.json at the root of the zip, so it is not a program.');
  const folder = below.slice(0, below.indexOf('/'));
  return err(
    'EINVAL',
    `plugin.json is one level down, in ${folder}/. Zip what is in that folder, not the folder itself.`,
  );
};

/** What cannot be used asks for nothing, and so gets nothing. */
const readProgram = (files: Files, text: TextReader): { program?: ProgramManifest; warnings: string[] } => {
  if (!files.has(PROGRAM)) return { warnings: [] };
  const unusable = (why: string) => ({
    warnings: [`${why} Nothing in this file counts, so the program gets no powers.`],
  });
  const source = text(PROGRAM);
  const parsed = source.ok ? parseProgram(PROGRAM, source.value) : source;
  if (!parsed.ok) return unusable(parsed.error.message);
  const { value: program, warnings, lineOf } = parsed.value;
  const problem = program.powers.write.map(patternProblem).find((one) => one !== undefined);
  return problem
    ? unusable(`${PROGRAM}:${lineOf(['powers', 'write'])}: powers.write: ${problem}.`)
    : { program, warnings };
};

const readSurfaces = (files: Files, text: TextReader): { surfaces: Surface[]; warnings: string[] } => {
  if (!files.has(SURFACES)) return { surfaces: [], warnings: [] };
  const source = text(SURFACES);
  const parsed = source.ok ? parseSurfaces(SURFACES, source.value) : source;
  if (!parsed.ok) return { surfaces: [], warnings: [`${parsed.error.message} None of its surfaces shows.`] };
  const { surfaces, broken } = parsed.value;
  return {
    surfaces,
    warnings: broken.map(
      ({ id, line, error }) => `${SURFACES}:${line}: ${error.message} The surface "${id}" shows as broken.`,
    ),
  };
};

/** Roles that ask for more than the program does: said, and not granted. */
const unasked = (roles: readonly Role[], powers: readonly string[]): string[] => {
  const asked = powers.length === 0 ? () => false : matcher(powers);
  return roles.flatMap(({ name, write }) =>
    write
      .filter((pattern) => !samplesOf(pattern).every(asked))
      .map(
        (pattern) =>
          `The role ${name} asks to write ${pattern}, which the program does not ask for; it will not be granted.`,
      ),
  );
};

const SCRIPT = /<script\b|<iframe\b|javascript:|<[a-z][^>]{0,500}\son[a-z]+\s*=/i;

/** Files that would run something in a browser that trusted them. Here they stay bytes. */
const withScripts = (files: Files): string[] =>
  [...files]
    .filter(([path]) => /\.(?:svg|html?|xhtml|md)$/i.test(path))
    .filter(([, bytes]) => bytes.length < 1 << 20 && SCRIPT.test(decodeText(bytes) ?? ''))
    .map(([path]) => `${path}: holds script. It is kept as a file and never run.`);

const notes = (files: Files, inventoried: boolean): string[] => [
  ...(!inventoried && [...files.keys()].some((path) => path.startsWith('org.allod/'))
    ? ['There is no org.allod/inventory.json, so its files cannot be checked against what its publisher packed.']
    : []),
  ...(files.has(SIGNATURE) ? [`${SIGNATURE} is there and was not verified; treat the program as not signed.`] : []),
];

/** Powers that say something nobody can hold to: said, and not granted. */
const unclear = (effects: readonly string[]): string[] =>
  effects
    .filter((line) => line !== 'notify' && parseGrant(line) === undefined)
    .map((line) => `${PROGRAM}: the effect "${line}" is not understood, so it grants nothing.`);

const powersOf = (program: ProgramManifest | undefined): Plan['powers'] => ({
  write: program?.powers.write ?? [],
  effects: program?.powers.effects.map(describePower) ?? [],
  ...(program?.powers.spend ? { spend: program.powers.spend } : {}),
});

export const parseBundle = (files: Files): Result<Bundle> => {
  const text = textReader(files);
  const listed = [...files]
    .map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hashHex(bytes) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const plugin = readPlugin(files, text);
  if (!plugin.ok) return plugin;
  const inventoried = checkInventory(files, listed);
  if (!inventoried.ok) return inventoried;

  const { plugin: manifest } = plugin.value;
  const { program, warnings: programWarnings } = readProgram(files, text);
  const powers = powersOf(program);
  const { surfaces, warnings: surfaceWarnings } = readSurfaces(files, text);
  const { forks, roles, jobs, warnings: forkWarnings } = readForks(files, text, manifest.name);
  const { skills, warnings: skillWarnings } = readSkills(files, text);
  const { mcpServers, warnings: mcpWarnings } = readMcp(files, text);
  const recordings = readRehearsals(listed, text, jobs);
  if (!recordings.ok) return recordings;

  const settings = settingsText(program?.settings);
  // Its settings would stand where the operator's price list does.
  if (settings !== undefined && settingsPath(manifest.name) === PRICES)
    return err('EINVAL', `A program with settings cannot be called ${manifest.name}: ${PRICES} says what models cost.`);
  const settingsFork: Fork[] =
    settings === undefined ? [] : [{ path: settingsPath(manifest.name), content: settings, sha256: hashHex(settings) }];
  return ok({
    plugin: manifest,
    title: program?.title ?? manifest.name,
    author: manifest.author?.name ?? '',
    ...(program ? { program } : {}),
    powers,
    files: listed,
    roles,
    jobs,
    surfaces,
    skills,
    mcpServers,
    rehearsals: recordings.value.rehearsals,
    forks: [...forks, ...settingsFork],
    warnings: [
      ...plugin.value.warnings,
      ...programWarnings,
      ...surfaceWarnings,
      ...forkWarnings,
      ...skillWarnings,
      ...mcpWarnings,
      ...recordings.value.warnings,
      ...unasked(roles, powers.write),
      ...unclear(powers.effects),
      ...withScripts(files),
      ...notes(files, inventoried.value),
    ],
  });
};
