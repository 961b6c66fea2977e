/**
 * The first steps in an empty workspace: what it is, keep it, try a program, connect a model. Each step says what is so
 * and ticks when it is done; none stands in the way of another.
 */
import { createSignal, Show, type JSX } from 'solid-js';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createFacts } from '../../client/facts.ts';
import { keepData } from '../../client/keep-data.ts';
import { createList } from '../../client/live.ts';
import { createPolicy, modelOf } from '../../client/policy.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { bytes, plural } from '../../ui/words.ts';
import { FirstPrograms } from './FirstPrograms.tsx';

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
          Programs put surfaces here: tables, briefings, queues. None is active, so there is nothing to show. Everything
          you do stays on this device until you say otherwise.
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
          words={
            isKept()
              ? 'It agreed: this workspace is not cleared when the disk is full.'
              : 'Until it agrees, it may clear this workspace when the disk is full. Installing Allod as an app usually settles it.'
          }
        >
          <Show when={!isKept()}>
            <Keep onKept={() => setKept(true)} onRefused={() => setRefused(true)} />
            <Show when={refused()}>
              <p class="hint" role="status">
                This browser did not agree. It decides by how often you come here; ask again later, or install Allod
                from its menu.
              </p>
            </Show>
          </Show>
        </Step>
        <Step
          number={3}
          done={props.installed.length > 0}
          title="Install a first program"
          words="You see its plan first. Installing runs nothing."
        >
          <FirstPrograms installed={props.installed} />
        </Step>
        <Step
          number={4}
          done={model() !== undefined}
          title="Add a model key, when you want agents to think"
          words={
            model() === undefined
              ? 'Encrypted on this device. No file, prompt or log ever holds it.'
              : `${model()} is connected.`
          }
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
