/**
 * The palette: rooms, files by name, text in files, jobs to run, an order to give. It is fetched when first opened.
 * `$ line` runs bash, `/` looks for a path only, `@` for an agent.
 */
import { createEffect, createMemo, createSignal, on, type JSX } from 'solid-js';
import type { Hit } from '../../kernel/protocol/files.ts';
import { useClient, useDesk } from '../client/context.ts';
import { listAll } from '../client/live.ts';
import { go, type Route } from '../client/route.ts';
import type { IconName } from '../ui/icons.ts';
import { Palette, type PaletteGroup, type PaletteItem } from '../ui/Palette.tsx';
import { marked, matching } from './matching.ts';
import { ROOMS } from './rooms.ts';

export interface FinderProps {
  open: boolean;
  onClose: () => void;
  onOrder: (text: string, kind: string) => void;
}

type Found = PaletteItem & { run: () => void; alternate?: () => void };

const DEPTH = 64;
const SHOWN = 8;
const LEAST_LETTERS = 3;

export function Finder(props: FinderProps) {
  const client = useClient();
  const desk = useDesk();
  const [query, setQuery] = createSignal('');
  const bare = createMemo(() =>
    query()
      .replace(/^[/@$]\s*/, '')
      .trim(),
  );
  const [files, setFiles] = createSignal<readonly string[]>();
  const [hits, setHits] = createSignal<readonly Hit[]>([]);
  const [searching, setSearching] = createSignal(false);

  // Listed anew at each opening; between two keystrokes the list is good enough. Plain signals and not resources: a
  // resource would suspend the dialog while it loads, and a suspended dialog loses its place and its focus.
  createEffect(
    on(
      () => props.open,
      async (open) => {
        if (!open) return void setQuery('');
        const listed = await listAll(client, '/workspace', DEPTH);
        setFiles(listed.ok ? listed.value.filter((stat) => stat.kind === 'file').map((stat) => stat.path) : []);
      },
    ),
  );
  let question = 0;
  createEffect(() => {
    const asked = props.open && bare().length >= LEAST_LETTERS && !/^[/@$]/.test(query()) ? bare() : undefined;
    const mine = ++question;
    if (asked === undefined) return void setHits([]);
    setSearching(true);
    void client.stub.search(asked, { under: '/workspace', limit: SHOWN }).then((found) => {
      if (mine !== question) return;
      setHits(found.ok ? found.value.hits : []);
      setSearching(false);
    });
  });

  const visit = (route: Route) => () => go(route);
  const item = (id: string, icon: IconName, label: JSX.Element, run: () => void, more: Partial<Found> = {}): Found => ({
    id,
    icon,
    label,
    run,
    ...more,
  });

  const schedule = (): Found[] =>
    matching(bare(), ['Schedule'], (label) => label).map((label) =>
      item('schedule', 'clock', Highlight(label, bare()), visit({ room: 'agents', schedule: true })),
    );
  const rooms = (): Found[] =>
    matching(bare(), ROOMS, (room) => room.label).map((room) =>
      item(`room-${room.id}`, room.icon, Highlight(room.label, bare()), visit({ room: room.id }), {
        kbd: `G ${room.key.toUpperCase()}`,
      }),
    );
  const paths = (): Found[] =>
    matching(bare(), files() ?? [], (path) => path)
      .slice(0, SHOWN)
      .map((path) =>
        item(
          `file-${path}`,
          'file',
          Highlight(path.replace(/^\/workspace\//, ''), bare()),
          visit({ room: 'files', path }),
        ),
      );
  const texts = (): Found[] =>
    hits().map((hit) =>
      item(
        `hit-${hit.path}-${hit.line}`,
        'search',
        <>
          {hit.path.replace(/^\/workspace\//, '')}, line {hit.line}: <span class="faint">{hit.snippet}</span>
        </>,
        visit({ room: 'files', path: hit.path, line: hit.line }),
      ),
    );
  const everywhere = (): Found[] =>
    bare()
      ? [
          item(
            'search',
            'search',
            <>Search all files and former versions for “{bare()}”</>,
            visit({ room: 'search', query: bare() }),
            { kbd: 'Ctrl Shift F' },
          ),
        ]
      : [item('search', 'search', 'Search all files', visit({ room: 'search' }), { kbd: 'Ctrl Shift F' })];
  const jobs = (): Found[] =>
    matching(bare(), jobsIn(files() ?? []), (job) => `run job ${job.slug}`)
      .slice(0, SHOWN)
      .map((job) =>
        item(
          `job-${job.slug}`,
          'play',
          <>
            Run job <strong>{job.slug}</strong> now
          </>,
          () => void runJob(job.path, job.slug),
        ),
      );
  const agents = (): Found[] =>
    matching(bare(), agentsIn(files() ?? []), (agent) => agent).map((agent) =>
      item(
        `agent-${agent}`,
        'agents',
        <>Agent {Highlight(agent, bare())}</>,
        visit({ room: 'files', path: `/workspace/agents/${agent}/AGENT.md` }),
      ),
    );
  const runJob = async (path: string, slug: string): Promise<void> => {
    const fired = await client.stub.fire(path);
    desk.say(fired.ok ? `${slug} was started.` : `${slug} was not started. ${fired.error.message}`);
    if (fired.ok && fired.value.run) go({ room: 'agents', run: fired.value.run });
  };
  const orders = (): Found[] => [
    ...(bare()
      ? [item('ask', 'chat', <>Ask the shell: “{bare()}”</>, () => props.onOrder(bare(), 'ask'), { kbd: 'Ctrl Enter' })]
      : []),
    ...(bare()
      ? [
          item(
            'bash',
            'play',
            <>
              Run in bash: <span class="mono">{bare()}</span>
            </>,
            () => props.onOrder(bare(), 'bash'),
          ),
        ]
      : []),
    ...matching(bare(), ['Stop everything'], (words) => words).map((words) =>
      item('stop', 'stop', words, () => void desk.stopAll(), { kbd: 'Ctrl Shift .' }),
    ),
  ];

  const groups = createMemo((): PaletteGroup[] => {
    if (!props.open) return [];
    const asked = query();
    if (asked.startsWith('$')) return [{ label: 'Do', items: orders().filter(({ id }) => id === 'bash') }];
    if (asked.startsWith('@')) return [{ label: 'Agents', items: agents() }];
    if (asked.startsWith('/')) return [{ label: 'Files', items: paths() }];
    const going = { label: 'Rooms', items: [...rooms(), ...schedule()] };
    const doing = { label: 'Do', items: bare() ? [...jobs(), ...orders()] : [...jobs()] };
    return bare()
      ? [{ label: 'Files', items: paths() }, { label: 'In files', items: [...texts(), ...everywhere()] }, going, doing]
      : [going, { label: 'Search', items: everywhere() }, doing];
  });

  return (
    <Palette
      open={props.open}
      query={query()}
      groups={groups()}
      busy={files() === undefined || searching()}
      onQuery={setQuery}
      onClose={() => props.onClose()}
      onRun={(chosen, { alternate }) => {
        props.onClose();
        if (alternate && bare()) props.onOrder(bare(), 'ask');
        else (chosen as Found).run();
      }}
    />
  );
}

/** The letters that were asked for, marked. */
const Highlight = (text: string, asked: string): JSX.Element =>
  marked(text, asked).map((part) => (part.hit ? <mark>{part.text}</mark> : part.text));

const jobsIn = (paths: readonly string[]): { path: string; slug: string }[] =>
  paths.flatMap((path) => {
    const slug = /^\/workspace\/jobs\/([^/]+)\.md$/.exec(path)?.[1];
    return slug ? [{ path, slug }] : [];
  });

const agentsIn = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => /^\/workspace\/agents\/([^/]+)\/AGENT\.md$/.exec(path)?.[1] ?? []);
