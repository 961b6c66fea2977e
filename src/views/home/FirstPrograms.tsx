/** The programs offered with this copy, and a place for the URL of another; each leads to a plan. */
import { createResource, createSignal, For, Match, Show, Switch } from 'solid-js';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { go, href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Input } from '../../ui/Input.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { fetchCatalogue } from '../programs/catalogue.ts';

export function FirstPrograms(props: { installed: readonly InstalledProgram[] }) {
  const [catalogue] = createResource(fetchCatalogue);
  // Read only when it is there: a pending resource would hold back the whole room.
  const offered = () => (catalogue.state === 'ready' ? catalogue() : []);
  const [url, setUrl] = createSignal('');
  const isHere = (name: string): boolean => props.installed.some((program) => program.name === name);
  return (
    <>
      <Switch>
        <Match when={catalogue.state === 'errored'}>
          <p class="small muted">The list of programs could not be read. A URL works all the same.</p>
        </Match>
        <Match when={offered().length > 0}>
          <ul class="list card">
            <For each={offered()}>
              {(program) => (
                <ListLine
                  actor={`program:${program.name}`}
                  title={<strong>{program.title}</strong>}
                  sub={program.description}
                  end={
                    <span class="btn-row">
                      <Show
                        when={isHere(program.name)}
                        fallback={
                          <>
                            <Button
                              small
                              label={`Rehearse ${program.title}`}
                              onClick={() => go({ room: 'programs', name: `rehearse:${program.name}` })}
                            >
                              Rehearse
                            </Button>
                            <Button
                              small
                              label={`See plan of ${program.title}`}
                              onClick={() => go({ room: 'programs', name: program.name })}
                            >
                              See plan
                            </Button>
                          </>
                        }
                      >
                        <Button
                          small
                          href={href({ room: 'programs', name: program.name })}
                          label={`Activate ${program.title}`}
                        >
                          Activate
                        </Button>
                      </Show>
                    </span>
                  }
                />
              )}
            </For>
          </ul>
          <p class="hint">Rehearse plays recorded answers: no key, no cost, nothing leaves.</p>
        </Match>
      </Switch>
      <form
        class="input-row"
        aria-label="Install from a URL"
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          if (url().trim() !== '') go({ room: 'programs', name: url().trim() });
        }}
      >
        <Input type="url" label="Program URL" placeholder="https:// a bundle" value={url()} onText={setUrl} />
        <Button type="submit">See plan</Button>
      </form>
      <p class="hint">
        Or drop a .zip in <a href={href({ room: 'programs' })}>Programs</a>. Files dropped here go to your inbox folder.
      </p>
    </>
  );
}
