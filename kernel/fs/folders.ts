/**
 * Names in folders: which node stands under which name. Of several that want one name, the one that was there first
 * has it and the others stand beside it as `name~<id>`, so nothing is ever hidden by a name. It remembers former names,
 * by which a path finds what it once led to. A projection in memory: what is shown follows from the rows of the table.
 */
import type { NodeId } from '../protocol/entry.ts';
import { utf8Length } from '../protocol/paths.ts';
import type { NodeTable, Row } from './node-table.ts';

export type Folder = {
  /** Names as shown. */
  names: Map<string, Row>;
  /** Nodes that stood here under a name and left it, or stand here and are not shown; the newest last. */
  past: Map<string, NodeId[]>;
  /** Names that several want, and who. */
  contested?: Map<string, Row[]>;
};

const NAME_BYTES = 255;

/** `notes.md` → `notes~3fa2b1c4.md`, never longer than a name may be. */
export const aliasOf = (name: string, id: string): string => {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const tail = `~${id}${end}`;
  const stem = Array.from(name.slice(0, name.length - end.length));
  while (utf8Length(stem.join('')) + utf8Length(tail) > NAME_BYTES) stem.pop();
  return stem.join('') + tail;
};

export class Folders {
  private readonly all = new Map<Row, Folder>();
  private readonly table: NodeTable;

  constructor(table: NodeTable) {
    this.table = table;
  }

  get(row: Row): Folder | undefined {
    return this.all.get(row);
  }

  of(row: Row): Folder {
    const there = this.all.get(row);
    if (there) return there;
    const made: Folder = { names: new Map(), past: new Map() };
    this.all.set(row, made);
    return made;
  }

  contested(): Iterable<[Row, Folder]> {
    return [...this.all].filter(([, folder]) => folder.contested !== undefined);
  }

  /** The name under which a node that is shown stands in its folder. */
  shownName(row: Row): string {
    const name = this.table.names[row] ?? '';
    const folder = this.all.get(this.table.parents[row] ?? 0);
    if (!folder || folder.names.get(name) === row || !folder.contested?.has(name)) return name;
    for (const alias of this.aliases(row)) if (folder.names.get(alias) === row) return alias;
    return name;
  }

  private aliases(row: Row): string[] {
    const name = this.table.names[row] ?? '';
    const id = this.table.id(row);
    return [aliasOf(name, id.slice(0, 8)), aliasOf(name, id)];
  }

  show(row: Row): void {
    const folder = this.of(this.table.parents[row] ?? 0);
    const name = this.table.names[row] ?? '';
    const holder = folder.names.get(name);
    const group = folder.contested?.get(name);
    if (group) return this.settle(folder, name, [...group, row]);
    if (holder === undefined) return void folder.names.set(name, row);
    if (this.table.names[holder] === name) return this.settle(folder, name, [holder, row]);
    // Somebody else's alias happens to be this name: who is named so has it.
    folder.names.set(name, row);
    folder.names.set(aliasOf(this.table.names[holder] ?? '', this.table.id(holder)), holder);
  }

  hide(row: Row): void {
    const folder = this.of(this.table.parents[row] ?? 0);
    const name = this.table.names[row] ?? '';
    const group = folder.contested?.get(name);
    if (group) {
      this.clear(folder, name, group);
      this.settle(
        folder,
        name,
        group.filter((other) => other !== row),
      );
    } else if (folder.names.get(name) === row) folder.names.delete(name);
  }

  /** A node left the name it had in this folder, or is there and not shown. */
  notePast(folderRow: Row, name: string, id: NodeId): () => void {
    const { past } = this.of(folderRow);
    const before = past.get(name);
    past.set(name, [...(before ?? []).filter((other) => other !== id), id]);
    return () => {
      if (before) past.set(name, before);
      else past.delete(name);
    };
  }

  /** Every node whose parent this folder is, shown or not. */
  members(row: Row): Set<Row> {
    const folder = this.of(row);
    const members = new Set(folder.names.values());
    for (const ids of folder.past.values()) {
      for (const id of ids) {
        const member = this.table.find(id);
        if (member >= 0 && this.table.parents[member] === row && member !== row) members.add(member);
      }
    }
    return members;
  }

  private clear(folder: Folder, name: string, group: readonly Row[]): void {
    for (const row of group) {
      for (const shown of [name, ...this.aliases(row)]) if (folder.names.get(shown) === row) folder.names.delete(shown);
    }
  }

  private settle(folder: Folder, name: string, group: Row[]): void {
    const { table } = this;
    this.clear(folder, name, group);
    const [first, ...others] = group.sort(
      (a, b) => (table.placed[a] ?? 0) - (table.placed[b] ?? 0) || (table.id(a) < table.id(b) ? -1 : 1),
    );
    if (first !== undefined) folder.names.set(name, first);
    for (const row of others) {
      const [short = name, long = name] = this.aliases(row);
      folder.names.set(folder.names.has(short) ? long : short, row);
    }
    folder.contested ??= new Map();
    if (others.length > 0) folder.contested.set(name, group);
    else folder.contested.delete(name);
    if (folder.contested.size === 0) delete folder.contested;
  }
}
