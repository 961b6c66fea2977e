/**
 * The surfaces of all active programs, composed over a handle that can only read. Opening a file, deciding, filling the
 * order line and making an own copy of a broken file are the page's, as the operator.
 */
import { createMemo, For, Show } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createLive } from '../../client/live.ts';
import { createNow } from '../../client/now.ts';
import { go, href } from '../../client/route.ts';
import type { LiveHandle } from '../../compositor/handle.ts';
import { resolve, type Placed, type ProgramSurfaces, type SourceFile } from '../../compositor/resolve.ts';
import { Surface } from '../../compositor/Surface.tsx';
import { ChipButton } from '../../ui/ChipButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { Menu } from '../../ui/Menu.tsx';

const declared = (name: string): string => `/programs/${name}/org.allod/surfaces.yaml`;
const ownCopy = (name: string): string => `/workspace/surfaces/${name}.yaml`;

/** Beside the wide column: what is short and waits, and what streams by. */
const isNarrow = (placed: Placed): boolean =>
  placed.kind === 'surface' && (placed.surface.archetype === 'queue' || placed.surface.archetype === 'stream');

export function Surfaces(props: { programs: readonly InstalledProgram[] }) {
  const client = useClient();
  const desk = useDesk();
  const now = createNow();
  const handle: LiveHandle = {
    read: client.stub.read,
    list: client.stub.list,
    search: client.stub.search,
    watch: client.watch,
  };

  const read = async (path: string): Promise<SourceFile | undefined> => {
    const file = await client.stub.read(path, { as: 'text' });
    return file.ok && typeof file.value.content === 'string' ? { path, text: file.value.content } : undefined;
  };
  const sources = createLive(
    () => ['/programs/*/org.allod/surfaces.yaml', '/workspace/surfaces/*.yaml', '/system/programs/*.json'],
    async (): Promise<Result<ProgramSurfaces[]>> =>
      ok(
        await Promise.all(
          props.programs.map(async ({ name, title, state }): Promise<ProgramSurfaces> => {
            const [surfacesText, override] = await Promise.all([read(declared(name)), read(ownCopy(name))]);
            return {
              name,
              title,
              active: state === 'active',
              ...(surfacesText ? { surfacesText } : {}),
              ...(override ? { override } : {}),
            };
          }),
        ),
      ),
    () => props.programs.map(({ name, state }) => `${name} ${state}`).join(),
  );
  const layout = createMemo(() => resolve(sources.value() ?? []));
  // Keyed by name: a surface that is resolved again stays the component it was.
  const column = (narrow: boolean) =>
    createMemo(
      () =>
        layout()
          .surfaces.filter((placed) => isNarrow(placed) === narrow)
          .map(({ key }) => key),
      [],
      { equals: sameList },
    );
  const wide = column(false);
  const beside = column(true);
  const placedAt = (key: string): Placed | undefined => layout().surfaces.find((placed) => placed.key === key);

  const takeControl = async (program: string, line?: number): Promise<void> => {
    const path = ownCopy(program);
    const source = await read(declared(program));
    if (source) {
      const written = await client.stub.write([{ op: 'put', path, content: source.text, base: null }], {
        message: `My own copy of ${program}’s surfaces`,
      });
      if (!written.ok && written.error.code !== 'EEXIST') return desk.say(`No copy was made. ${written.error.message}`);
    }
    go({ room: 'files', path, ...(line ? { line } : {}) });
  };

  const one = (key: string) => (
    <Show when={placedAt(key)}>
      {(placed) => (
        <Surface
          placed={placed()}
          handle={handle}
          now={now}
          onOpen={(path, line) => go({ room: 'files', path, ...(line ? { line } : {}) })}
          onOpenProposal={(id) => go({ room: 'inbox', id })}
          hrefOf={(target) =>
            'proposal' in target
              ? href({ room: 'inbox', id: target.proposal })
              : href({ room: 'files', path: target.path, ...(target.line ? { line: target.line } : {}) })
          }
          onFix={() => {
            const broken = placed();
            void takeControl(broken.program, broken.kind === 'broken' ? broken.line : undefined);
          }}
          menu={
            <Menu
              label={`${placed().title}: more`}
              items={[
                {
                  label: 'Open its program',
                  icon: 'programs',
                  onRun: () => go({ room: 'programs', name: placed().program }),
                },
                {
                  label: placed().own ? 'Open my own copy' : 'Change it in my own copy',
                  icon: 'pen',
                  onRun: () => void takeControl(placed().program),
                },
              ]}
            />
          }
        />
      )}
    </Show>
  );
  return (
    <>
      <Show when={layout().chips.length > 0}>
        <div class="row row-wrap mb-5" role="group" aria-label="Questions to ask">
          <For each={layout().chips}>
            {(chip) => <ChipButton onClick={() => desk.order(chip.text)}>{chip.text}</ChipButton>}
          </For>
        </div>
      </Show>
      <Show
        when={wide().length + beside().length > 0}
        fallback={
          <Show when={sources.value()}>
            <NoSurface />
          </Show>
        }
      >
        <div classList={{ 'cols-home': wide().length > 0 && beside().length > 0 }}>
          <div class="stack gap-6">
            <For each={wide()}>{one}</For>
          </div>
          <div class="stack gap-6">
            <For each={beside()}>{one}</For>
          </div>
        </div>
      </Show>
    </>
  );
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, n) => key === b[n]);

function NoSurface() {
  return (
    <Empty
      title="Nothing to show here"
      action={
        <a class="btn" href={href({ room: 'agents' })}>
          See its agents and jobs
        </a>
      }
    >
      The active programs declare no surface. Their agents, jobs and files are at work all the same.
    </Empty>
  );
}
