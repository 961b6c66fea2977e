/**
 * What a widget is given: the panel as declared, the data already read for it, and where its links lead.
 * A widget draws. It reads no file, keeps no state that matters, and knows neither the kernel nor another widget.
 */
import type { Component } from 'solid-js';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import type { Panel, Surface } from '../../kernel/protocol/formats/surfaces.ts';
import type { Path } from '../../kernel/protocol/paths.ts';

export type Row = {
  data: Record<string, unknown>;
  /** The file the row was read from. */
  stat: Stat;
  /** Where in that file, when it holds several rows. */
  line?: number;
  /** Set when the row is a proposal. */
  proposal?: Proposal;
};

/** Something that could not be read or shown, and where. The rest of the panel stands. */
export type Problem = { path: Path; line?: number; message: string };

export type Group = { name: string; rows: Row[] };

/** The answer to `value`: over how many rows it was reckoned, and how many had nothing to reckon with. */
export type Value = { value: number | string | undefined; used: number; left: number };

export type PanelData = {
  rows: Row[];
  /** How many rows there were before `limit`. */
  total: number;
  /** In the order of their first row; set when the panel asks for groups. */
  groups?: Group[];
  value?: Value;
  /** The files behind the rows, newest first. */
  sources: Stat[];
  problems: Problem[];
  /** The path or pattern, when nothing answers to it. */
  missing?: string;
  /** When it was read, in milliseconds since 1970. */
  at: number;
};

/** Who made the newest source, in which run and at what cost, as far as that is known. */
export type Origin = { stat: Stat; message?: string; run?: { id: string; path?: Path; usd?: number } };

/** Where links lead. The shell decides; `hrefOf` gives a link its address, so that it opens in a new tab too. */
export type Links = {
  onOpen: (path: Path, line?: number) => void;
  onOpenProposal: (id: string) => void;
  hrefOf?: (target: { path: Path; line?: number } | { proposal: string }) => string;
};

export interface WidgetProps {
  panel: Panel;
  data: PanelData;
  archetype: Surface['archetype'];
  /** The accessible name of what is shown. */
  label: string;
  links: Links;
}

export type Widget = {
  body: Component<WidgetProps>;
  /** The body runs to the edges of its card. */
  flush?: boolean;
  /** Is there nothing to draw? */
  isEmpty: (data: PanelData) => boolean;
};
