/**
 * Surfaces of all active programs → one layout. Pure, and blind to the order programs came in: everything is named
 * `program/id` and sorted by (order, title, program). What is broken becomes a card in its own place and moves nothing
 * else. The operator's own file for a program, when there is one, stands in place of the program's.
 */
import {
  parseSurfaces,
  type BrokenSurface,
  type Surface,
  type SurfaceFile,
} from '../../kernel/protocol/formats/surfaces.ts';
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { Path } from '../../kernel/protocol/paths.ts';

export type SourceFile = { path: Path; text: string };

export type ProgramSurfaces = {
  name: string;
  title: string;
  active: boolean;
  /** The program's own surfaces.yaml, when it has one. */
  surfacesText?: SourceFile;
  /** The operator's, /workspace/surfaces/<program>.yaml. */
  override?: SourceFile;
};

type Place = {
  /** `program/id`, unique in a layout. */
  key: string;
  program: string;
  title: string;
  order: number;
  /** The file that declares it, and whether it is the operator's own. */
  path: Path;
  own: boolean;
};

export type PlacedSurface = Place & { kind: 'surface'; surface: Surface };
export type PlacedBroken = Place & {
  kind: 'broken';
  line: number;
  /** What was expected, as a sentence. */
  message: string;
  /** The lines around the fault; `from` is the number of the first. */
  source: { from: number; text: string };
};
export type Placed = PlacedSurface | PlacedBroken;

export type SurfaceChip = { program: string; title: string; text: string };
export type Layout = { surfaces: Placed[]; chips: SurfaceChip[] };

const AROUND = 1;
const WIDEST = 200;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: Place, b: Place): number =>
  a.order - b.order || byText(a.title, b.title) || byText(a.program, b.program) || byText(a.key, b.key);

const excerpt = (text: string, line: number): { from: number; text: string } => {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const from = Math.max(1, line - AROUND);
  return {
    from,
    text: lines
      .slice(from - 1, line + AROUND)
      .map((each) => each.slice(0, WIDEST))
      .join('\n'),
  };
};

/** A schema's short message as a sentence: noun phrases say what was expected, clauses start at the file. */
const sentence = (message: string): string => {
  const text = message.trim().replace(/^: /, '');
  const said = /^(?:an? |one of |lower-case )/.test(text)
    ? `Expected ${text}`
    : /^(?:is|uses|opens) /.test(text)
      ? `This file ${text}`
      : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(said) ? said : `${said}.`;
};

const lineIn = (error: SysError): number => (typeof error.detail?.['line'] === 'number' ? error.detail['line'] : 1);

/** One program's file: its sound surfaces and its broken ones, or one card when nothing of it can be read. */
const placesOf = (program: ProgramSurfaces): { places: Placed[]; chips: string[] } => {
  const file = program.override ?? program.surfacesText;
  if (!program.active || !file) return { places: [], chips: [] };
  const at = { program: program.name, path: file.path, own: file === program.override };
  const broken = (id: string, title: string, order: number, line: number, message: string): PlacedBroken => ({
    ...at,
    kind: 'broken',
    key: `${program.name}/${id}`,
    title,
    order,
    line,
    message: sentence(message),
    source: excerpt(file.text, line),
  });
  const parsed = parseSurfaces(file.path, file.text);
  if (!parsed.ok) {
    const line = lineIn(parsed.error);
    const message = parsed.error.message.replace(`${file.path}:${line}: `, '');
    return { places: [broken('surfaces', program.title, 100, line, message)], chips: [] };
  }
  const { surfaces, broken: faulty, chips }: SurfaceFile = parsed.value;
  const sound = surfaces.map((surface): PlacedSurface => ({
    ...at,
    kind: 'surface',
    key: `${program.name}/${surface.id}`,
    title: surface.title,
    order: surface.order,
    surface,
  }));
  const used = new Set(sound.map(({ key }) => key));
  const cards = faulty.map((each: BrokenSurface, index) => {
    const card = broken(each.id, each.title, each.order, each.line, each.error.message);
    // Two surfaces may claim one id; their cards still need a key each.
    const key = used.has(card.key) ? `${card.key}#${index + 1}` : card.key;
    used.add(key);
    return { ...card, key };
  });
  return { places: [...sound, ...cards], chips: [...new Set(chips)] };
};

export const resolve = (programs: readonly ProgramSurfaces[]): Layout => {
  const sorted = programs.toSorted((a, b) => byText(a.title, b.title) || byText(a.name, b.name));
  const parts = sorted.map((program) => ({ program, ...placesOf(program) }));
  return {
    surfaces: parts.flatMap(({ places }) => places).toSorted(byPlace),
    chips: parts.flatMap(({ program, chips }) =>
      chips.map((text) => ({ program: program.name, title: program.title, text })),
    ),
  };
};
