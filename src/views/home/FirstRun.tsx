/**
 * The first steps in an empty workspace: what it is, keep it, try a program, connect a model. Each step says what is so
 * and ticks when it is done; none stands in the way of another.
 */
import { createResource, createSignal, For, Match, Show, Switch, type JSX } from 'solid-js';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createFacts } from '../../client/facts.ts';
import { keepData } from '../../client/keep-data.ts';
import { createList } from '../../client/live.ts';
import { createPolicy, modelOf } from '../../client/policy.ts';
import { go, href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Input } from '../../ui/Input.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { bytes, plural } from '../../ui/words.ts';
import { fetchCatalogue } from '../programs/catalogue.ts';

export function FirstRun(props: { installed: readonly InstalledProgram[] }) {
  const facts = createFacts();
  const policy = createPolicy();
  const files = createList(() => '/workspace', { depth: 64 });
  const [refused, setRefused] = createSignal(false);
  const [kept, setKept] = createSignal(false);
  const model = () => modelOf(policy.value());
  const isKept = () => kept() || facts.value()?.persisted === true;

  const whatIsThere = () => {
    const entries = files.value() ?? [];
    const folders = entries.filter((stat) => stat.kind === 'dir').length;
    const { entries: journal, usage } = facts.value() ?? {};
    return [
      plural(folders, 'folder'),
      plural(entries.length - folders, 'file'),
      ...(journal === undefined ? [] : [`${plural(journal, 'entry', 'entries')} in the journal`]),
      ...(usage === undefined ? [] : [bytes(usage)]),
    ].join(', ');
  };

  return (
    <>
      <div>
        <h2 class="hero">This room is empty, and it is yours.</h2>
        <p class="muted measure mt-3">
          Programs put surfaces here: tables, briefings, queues. None is active, so there is nothing to show. Everything you do stays on this device until you say otherwise.
        </p>
      </div>
      <ol class="steps card card-body">
        <Step number={1} done title="Your workspace exists" words={`${whatIsThere()}. Nobody else has a copy.`}>
          <div class="btn-row">
            <Button small icon="files" href={href({ room: 'files' })}>
              Look around the files
            </Button>
          </div>
        </Step>
        <Step
          number={2}
          done={isKept()}
          title="Ask the browser to keep it"
          words={isKept() ? 'It agreed: this workspace is not cleared when the disk is full.' : 'Until it agrees, it may clear this workspace when the disk is full. Installing Allod as an app usually settles it.'}
        >
          <Show when={!isKept()}>
            <Keep onKept={() => setKept(true)} onRefused={() => setRefused(true)} />
            <Show when={refused()}>
              <p class="hint" role="status">
                This browser did not agree. It decides by how often you come here; install Allod from its menu, or keep an export.
              </p>
            </Show>
          </Show>
        </Step>
        <Step number={3} done={props.installed.length > 0} title="Install a first program" words="You see its plan first. Installing runs nothing.">
          <Programs installed={props.installed} />
        </Step>
        <Step
          number={4}
          done={model() !== undefined}
          title="Add a model key, when you want agents to think"
          words={model() === undefined ? 'Encrypted on this device. No file, prompt or log ever holds it.' : `${model()} is connected.`}
        >
          <Show when={model() === undefined}>
            <div class="btn-row">
              <Button icon="key" href={href({ room: 'settings', section: 'models' })}>
                Add a key
              </Button>
              <Button variant="quiet" href={href({ room: 'settings', section: 'models' })}>
                Use a model on this computer
              </Button>
            </div>
          </Show>
        </Step>
      </ol>
    </>
  );
}

function Step(props: { number: number; done?: boolean; title: string; words: string; children?: JSX.Element }) {
  return (
    <li>
      <span class="k" classList={{ 'k-done': props.done ?? false }}>
        <Show when={props.done} fallback={props.number}>
          <Icon name="check" />
          <span class="vh">Done: </span>
        </Show>
      </span>
      <div class="stack-s">
        <h3>{props.title}</h3>
        <p class="muted t13">{props.words}</p>
        {props.children}
      </div>
    </li>
  );
}

function Keep(props: { onKept: () => void; onRefused: () => void }) {
  const client = useClient();
  const desk = useDesk();
  const [asking, setAsking] = createSignal(false);
  const ask = async (): Promise<void> => {
    setAsking(true);
    const agreed = await keepData(client);
    setAsking(false);
    if (agreed) {
      desk.say('The browser keeps this workspace.');
      props.onKept();
    } else props.onRefused();
  };
  return (
    <div class="btn-row">
      <Button variant="primary" icon="lock" busy={asking()} onClick={() => void ask()}>
        Keep my data
      </Button>
    </div>
  );
}

function Programs(props: { installed: readonly InstalledProgram[] }) {
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
                            <Button small label={`Rehearse ${program.title}`} onClick={() => go({ room: 'programs', name: `rehearse:${program.name}` })}>
                              Rehearse
                            </Button>
                            <Button small label={`See the plan of ${program.title}`} onClick={() => go({ room: 'programs', name: program.name })}>
                              See plan
                            </Button>
                          </>
                        }
                      >
                        <Button small href={href({ room: 'programs', name: program.name })} label={`Open ${program.title}`}>
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
