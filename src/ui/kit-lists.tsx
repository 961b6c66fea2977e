/** Kit, third sheet: tables, trees, timelines, runs, slots, code. */
import { createMemo, createSignal } from 'solid-js';
import { Actor } from './Actor.tsx';
import { BlameText } from './BlameText.tsx';
import { Card } from './Card.tsx';
import { ContextMenu } from './ContextMenu.tsx';
import { Diff } from './Diff.tsx';
import { Diffstat } from './Diffstat.tsx';
import { Facts } from './Facts.tsx';
import { Ledger } from './Ledger.tsx';
import { ListLine } from './ListLine.tsx';
import { Menu } from './Menu.tsx';
import { RunSteps } from './RunSteps.tsx';
import { SlotLegend } from './SlotLegend.tsx';
import { Slots, type SlotState } from './Slots.tsx';
import { SurfaceHead } from './SurfaceHead.tsx';
import { Table, type TableSort } from './Table.tsx';
import { TimelineItem } from './TimelineItem.tsx';
import { Tree } from './Tree.tsx';
import type { TreeRow } from './TreeItem.tsx';

interface Profile {
  company: string;
  stage: string;
  changed: string;
  by: string;
  spent: number;
}

const PROFILES: readonly Profile[] = [
  { company: 'Acme', stage: 'Price cut', changed: 'today 07:02', by: 'agent:analyst', spent: 0.18 },
  { company: 'Borealis', stage: 'Hiring', changed: '13 Nov', by: 'agent:analyst', spent: 0.04 },
  { company: 'Tarn & Co', stage: 'No change', changed: '10 Nov', by: 'operator', spent: 0 },
];

const FILES: readonly TreeRow[] = [
  { id: '/workspace', name: 'workspace', depth: 0, expanded: true },
  { id: '/workspace/AGENTS.md', name: 'AGENTS.md', depth: 1, actor: 'operator' },
  { id: '/workspace/context', name: 'context', depth: 1, expanded: true },
  { id: '/workspace/context/profile.md', name: 'profile.md', depth: 2, conflict: true },
  { id: '/workspace/context/pricing.md', name: 'pricing.md', depth: 2, actor: 'agent:analyst' },
  { id: '/workspace/jobs', name: 'jobs', depth: 1, expanded: false },
  { id: '/system', name: 'system', depth: 0, expanded: false, note: 'read only' },
];

const LINKED: readonly SlotState[] = ['done', 'failed', 'running'];
const SLOTS: readonly SlotState[] = ['done', 'failed', 'skipped', 'missed', 'unknown', 'done', 'next'];

function Profiles() {
  const [sort, setSort] = createSignal<TableSort>({ key: 'company', down: false });
  const rows = createMemo(() => {
    const { key, down } = sort();
    const order = [...PROFILES].sort((a, b) => (key === 'spent' ? a.spent - b.spent : a.company < b.company ? -1 : 1));
    return down ? order.reverse() : order;
  });
  return (
    <div>
      <SurfaceHead
        title="Competitor desk"
        from="competitor-brief"
        menu={
          <Menu
            label="Competitor desk: more"
            items={[
              { label: 'Open its files', icon: 'files', onRun: () => undefined },
              { label: 'Move up', kbd: 'Alt ↑', onRun: () => undefined },
              { label: 'Not yet', disabled: true, onRun: () => undefined },
              { label: 'Deactivate', icon: 'stop', stop: true, rule: true, onRun: () => undefined },
            ]}
          />
        }
      />
      <Card
        title="Profiles"
        flush
        foot={{ actor: 'agent:analyst', items: ['07:02', 'within its grant'], end: '$0.22' }}
      >
        <Table
          label="Profiles"
          rows={rows()}
          sort={sort()}
          onSort={setSort}
          columns={[
            { key: 'company', head: 'Company', sortable: true, cell: (row) => <a href="#open">{row.company}</a> },
            { key: 'stage', head: 'Stage', cell: (row) => row.stage },
            { key: 'changed', head: 'Changed', cell: (row) => row.changed, nowrap: true },
            { key: 'by', head: 'By', low: true, cell: (row) => <Actor actor={row.by} /> },
            { key: 'spent', head: 'Spent', num: true, sortable: true, cell: (row) => `$${row.spent.toFixed(2)}` },
          ]}
          total={['Total', '', '', '', '$0.22']}
        />
      </Card>
    </div>
  );
}

export function KitLists() {
  const [file, setFile] = createSignal('/workspace/context/profile.md');
  const [asked, setAsked] = createSignal(3);
  const [menu, setMenu] = createSignal<{ name: string; x: number; y: number }>();
  const [shut, setShut] = createSignal<ReadonlySet<string>>(new Set());
  const rows = createMemo(() =>
    FILES.map((row) => (row.expanded ? { ...row, expanded: !shut().has(row.id) } : row)).filter(
      (row) => ![...shut()].some((id) => row.id.startsWith(`${id}/`)),
    ),
  );
  const flip = (id: string) =>
    setShut((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <div class="stack gap-5">
      <Profiles />
      <div class="cols-2">
        <Card label="Workspace" flush>
          <Tree
            label="Workspace"
            rows={rows()}
            selected={file()}
            onSelect={(row) => setFile(row.id)}
            onToggle={(row) => flip(row.id)}
            onMenu={(row, at) => setMenu({ name: row.name, ...at })}
          />
          <ContextMenu
            label={menu()?.name ?? ''}
            at={menu()}
            onClose={() => setMenu(undefined)}
            items={[
              { label: 'Rename', icon: 'pen', kbd: 'F2', onRun: () => undefined },
              { label: 'Move to archive/', icon: 'files', onRun: () => undefined },
            ]}
          />
        </Card>
        <Card title="Shop, as it happens" flush>
          <Ledger label="Shop">
            <TimelineItem when="08:40" actor="agent:writer" sub="7 of 12 done" cost="$0.05">
              writer is rewriting 12 listings
            </TimelineItem>
            <TimelineItem when="08:15" actor="daemon:outcomes" sub="$412.00, said by the shop" onOpen={() => undefined}>
              6 orders folded into outcomes
            </TimelineItem>
            <TimelineItem
              when="07:02"
              actor="operator"
              current
              sub="you, in the editor"
              cost={<Diffstat add={3} del={2} />}
            >
              What it means for us
            </TimelineItem>
          </Ledger>
        </Card>
      </div>
      <div class="cols-2">
        <Card title="Run 7b22" flush>
          <RunSteps
            label="Steps of run 7b22"
            steps={[
              { what: 'Read house-style.md and 12 listings', tokens: '9,204', price: '$0.009' },
              {
                what: 'Publish listing 4',
                sub: 'The shop answered 422',
                state: 'failed',
                tokens: '120',
                price: '$0.001',
              },
              { what: 'Model: listing 8', state: 'live', since: '11 s', tokens: '1,020', price: '$0.003' },
            ]}
            total={{ tokens: '10,344', price: '$0.013' }}
          />
        </Card>
        <Card title="Schedule">
          <Slots slots={SLOTS.map((state, at) => ({ state, when: `${at + 11} Nov` }))} />
          <div class="mt-3">
            <Slots slots={LINKED.map((state, at) => ({ state, when: `${at + 11} Nov`, href: '#run' }))} />
          </div>
          <div class="mt-3 bleed">
            <SlotLegend />
          </div>
          <Facts
            facts={[
              { term: 'Written by', value: <Actor actor="agent:analyst" /> },
              { term: 'Allowed by', value: <span class="path">context/**</span> },
              { term: 'Cost', value: '$0.04, whole run' },
            ]}
          />
        </Card>
      </div>
      <div class="card">
        <BlameText
          label="Text of profile.md with authors"
          current={asked()}
          onWhy={(line) => setAsked(line.no)}
          lines={[
            { no: 1, text: '---', actor: 'program:competitor-brief', when: '3 Aug', entry: 'a' },
            { no: 2, text: 'name: Acme', actor: 'operator', when: '3 Aug', entry: 'b' },
            { no: 3, text: 'stage: Price cut', actor: 'agent:analyst', when: '07:02', entry: 'c', outside: true },
            { no: 4, text: 'updated: 2026-11-17', actor: 'agent:analyst', when: '07:02', entry: 'c' },
          ]}
        />
      </div>
      <ul class="card list">
        <ListLine
          actor="agent:writer"
          title="Refund order 1184"
          sub="$38.00, above your $25.00 ceiling"
          end={<span class="wait-ink">5 h</span>}
          href="#p"
        />
        <ListLine actor="program:alpha-commerce" title="alpha-commerce" sub="2 surfaces, 3 jobs, 88 files" />
      </ul>
      <div class="card">
        <Diff
          label="Changes in run 5e1f"
          hunks={[
            {
              head: 'context/profile.md, lines 3 to 14',
              lines: [
                { kind: 'del', no: 3, text: 'stage: No change', words: [[7, 16]] },
                { kind: 'add', no: 3, text: 'stage: Price cut', words: [[7, 16]] },
                { kind: 'same', no: 4, text: 'updated: 2026-11-17' },
              ],
            },
          ]}
        />
      </div>
    </div>
  );
}
