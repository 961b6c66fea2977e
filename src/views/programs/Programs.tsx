/**
 * Programs: what is offered and installed at the left; at the right the plan that waits for a decision, the chosen
 * program, a rehearsal, receipts. Installing runs nothing. The address may name a program, or the URL of a bundle.
 */
import { createEffect, createResource, For, Match, on, Show, Switch } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { createInstalled, createReceipts } from '../../client/records.ts';
import { go } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Room } from '../Room.tsx';
import { fetchCatalogue, type Offered } from './catalogue.ts';
import { FromElsewhere } from './FromElsewhere.tsx';
import { OnTheTable } from './OnTheTable.tsx';
import { createPlanning, type Intent, type Table } from './planning.ts';
import { ProgramCard } from './ProgramCard.tsx';
import { InstalledLine, OfferedLine } from './ProgramLines.tsx';
import { ReceiptCard } from './ReceiptCard.tsx';
import { createRehearsing } from './rehearsing.ts';
import { Rehearsal } from './Rehearsal.tsx';

/** `rehearse:<name>` in the address asks for the plan of an offered program in order to rehearse it. */
const REHEARSE = 'rehearse:';
const RECEIPTS_SHOWN = 5;

export function Programs(props: { name?: string | undefined }) {
  const installed = createInstalled();
  const receipts = createReceipts();
  const planning = createPlanning();
  const rehearsing = createRehearsing();
  const [catalogue, { refetch }] = createResource(fetchCatalogue);
  // Read only when it is there: a pending resource would hold back the whole room.
  const offered = (): Offered[] => (catalogue.state === 'ready' ? catalogue() : []);
  let top: HTMLDivElement | undefined;

  /** What was just asked for stands at the top: bring it in sight, and let a screen reader begin there. */
  const show = (): void =>
    queueMicrotask(() => {
      top?.closest('main')?.scrollTo({ top: 0 });
      top?.querySelector<HTMLElement>('.deed, .error-card')?.focus({ preventScroll: true });
    });
  const plan = (program: Offered, intent: Intent): void => {
    void planning.read({ label: program.name, data: program.url, bytes: program.bytes }, intent).then(show);
    show();
  };
  const planUrl = (url: string): void => void planning.read({ label: url, data: url }).then(show);
  const planFile = async (file: File): Promise<void> => {
    await planning.read({ label: file.name, data: new Uint8Array(await file.arrayBuffer()), bytes: file.size });
    show();
  };

  const chosen = (): InstalledProgram | undefined => installed.value()?.find((program) => program.name === named());
  const named = () => props.name?.replace(REHEARSE, '');
  // An address asks once: for an installed program its card, else the plan of what is offered, or of a URL. `answered`
  // is the one that was; a program just installed is named in the address before the list has heard of it.
  let answered: string | undefined;
  createEffect(
    on([() => props.name, installed.value, () => catalogue.state], () => {
      const name = props.name;
      if (name === undefined || name === answered || installed.value() === undefined) return;
      const url = URL.canParse(name) && /^https?:/.test(name) ? name : undefined;
      const program = offered().find((one) => one.name === named());
      if (url) planUrl(url);
      else if (chosen()) {
        answered = name;
        if (name.startsWith(REHEARSE)) go({ room: 'programs', name: chosen()?.name ?? name }, { replace: true });
        return;
      } else if (program) plan(program, name.startsWith(REHEARSE) ? 'rehearse' : 'install');
      else return;
      go({ room: 'programs' }, { replace: true });
    }),
  );

  const rehearse = async (name: string): Promise<SysError | undefined> => {
    const error = await rehearsing.start(name);
    if (!error) show();
    return error;
  };
  const install = async (table: Extract<Table, { state: 'read' }>, activate: boolean): Promise<void> => {
    const done = await planning.install({ activate, rehearse });
    if (!done) return;
    answered = table.plan.name;
    go({ room: 'programs', name: table.plan.name });
  };
  const newest = () =>
    (receipts.value() ?? [])
      .toSorted((a, b) => (a.at < b.at ? 1 : -1))
      .filter((one) => chosen() === undefined || one.program === chosen()?.name)
      .slice(0, RECEIPTS_SHOWN);

  return (
    <Room
      title="Programs"
      sub={`${installed.value()?.length ?? 0} installed${planning.table().state === 'read' ? ', 1 plan open' : ''}`}
    >
      <div ref={top}>
        <Show when={planning.table().state !== 'empty'}>
          <div class="mb-6">
            <OnTheTable
              table={planning.table()}
              onStop={planning.clear}
              onAgain={(table) => void planning.read(table.source)}
              onInstall={(table, activate) => void install(table, activate)}
            />
          </div>
        </Show>
        <For each={[rehearsing.now()].filter((now) => now !== undefined)}>
          {(now) => (
            <div class="mb-6">
              <Rehearsal name={now.name} run={now.run} />
            </div>
          )}
        </For>
      </div>
      <div class="cols-plan">
        <section class="stack gap-6" aria-label="Catalogue">
          <FromElsewhere onUrl={planUrl} onFile={(file) => void planFile(file)} />
          <section>
            <div class="h-sec">
              <h2>Installed</h2>
              <span class="count">{installed.value()?.length ?? 0}</span>
            </div>
            <Show when={installed.value()?.length} fallback={<p class="small muted">None yet.</p>}>
              <ul class="card list">
                <For each={installed.value()}>{(program) => <InstalledLine program={program} />}</For>
              </ul>
            </Show>
          </section>
          <section>
            <div class="h-sec">
              <h2>Offered with this copy of Allod</h2>
            </div>
            <Switch fallback={<p class="small muted">Looking.</p>}>
              <Match when={catalogue.state === 'errored'}>
                <ErrorCard
                  title="The catalogue could not be read"
                  safe="A URL or a .zip works all the same."
                  actions={
                    <Button small onClick={() => void refetch()}>
                      Read it again
                    </Button>
                  }
                >
                  {catalogue.error instanceof Error ? catalogue.error.message : String(catalogue.error)}
                </ErrorCard>
              </Match>
              <Match when={catalogue.state === 'ready'}>
                <ul class="card list">
                  <For each={offered()} fallback={<li class="pad small muted">It lists no program.</li>}>
                    {(program) => (
                      <OfferedLine
                        program={program}
                        here={installed.value()?.find((one) => one.name === program.name)}
                        onPlan={(intent) => plan(program, intent)}
                      />
                    )}
                  </For>
                </ul>
                <p class="hint mt-3">Rehearse plays recorded answers: no key, no cost, nothing leaves.</p>
              </Match>
            </Switch>
          </section>
        </section>

        <div class="stack gap-6">
          <Show when={planning.table().state === 'empty' && chosen()}>
            {(program) => <ProgramCard program={program()} rehearse={rehearse} />}
          </Show>
          <Show when={planning.table().state === 'empty' && !chosen() && !rehearsing.now() && newest().length === 0}>
            <Empty title="Nothing to decide">
              A program is a folder of plain files in a .zip. Its plan says what it asks for before anything changes,
              and installing runs nothing.
            </Empty>
          </Show>
          <Show when={newest().length > 0}>
            <section class="stack">
              <h2>Receipts</h2>
              <For each={newest()}>{(receipt) => <ReceiptCard receipt={receipt} />}</For>
            </section>
          </Show>
        </div>
      </div>
    </Room>
  );
}
