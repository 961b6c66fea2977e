/**
 * FilePane: the document and what is known of it: the pane that fits what stands at the path, and beside it the facts of
 * one line and the history.
 */
import { createEffect, createSignal, Match, on, Show, Switch } from 'solid-js';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Seg } from '../../ui/Seg.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { plural, relativeDay } from '../../ui/words.ts';
import { readActor } from '../../ui/actors.ts';
import { download, type Asked } from './acts.ts';
import type { LineAuthor } from './blame-lines.ts';
import { ConflictBand } from '../conflicts/ConflictBand.tsx';
import { DocToolbar } from './DocToolbar.tsx';
import { createFileState } from './file-state.ts';
import { FixedFile } from './FixedFile.tsx';
import { FolderPane } from './FolderPane.tsx';
import { HistoryPane } from './HistoryPane.tsx';
import { LiveText } from './LiveText.tsx';
import { MissingFile } from './MissingFile.tsx';
import { POLICY, writable } from './places.ts';
import { WhyLine } from './WhyLine.tsx';

export interface FilePaneProps {
  path: Path;
  at: string | undefined;
  line: number | undefined;
  /** It was made just now: one wants to write in it. */
  fresh: boolean;
  blame: boolean;
  onBlame: (on: boolean) => void;
  onAsk: (asked: Asked) => void;
  sideOpen: boolean;
  onSide: (open: boolean) => void;
}

export function FilePane(props: FilePaneProps) {
  const client = useClient();
  const desk = useDesk();
  const [asked, setAsked] = createSignal<number>();
  const { opened, history, former, stat, editable, missing, drawn, authored, authors } = createFileState({
    path: () => props.path,
    at: () => props.at,
    wanted: () => props.blame || asked() !== undefined,
  });
  const [asText, setAsText] = createSignal(false);
  const [author, setAuthor] = createSignal<LineAuthor>();
  const [caret, setCaret] = createSignal(1);
  createEffect(on([() => props.path, () => props.at], () => setAsked(undefined), { defer: true }));
  const ask = (line: number) => {
    setAsked(line);
    props.onSide(true);
  };
  // Facts that were asked for follow the caret; nothing opens by itself.
  const onLine = (line: number) => {
    setCaret(line);
    if (asked() !== undefined) setAsked(line);
  };

  /** Folders, what is live, and what never was have no history. */
  const hasPast = () => {
    const value = opened.value();
    if (props.path.startsWith('/proc/') || value?.is === 'folder') return false;
    return value?.is !== 'missing' || value.last !== undefined;
  };
  // What became of a file that is gone stands in its history: where that is folded away, it opens.
  createEffect(
    on(
      () => missing()?.last !== undefined,
      (known) => known && props.onSide(true),
    ),
  );

  // A former version is read with its place in the history beside it.
  createEffect(
    on(
      () => props.at,
      (at) => at !== undefined && props.onSide(true),
    ),
  );

  const fetch = () =>
    void download(client, props.path, props.at).then(
      (done) => done.ok || desk.say(`Not downloaded: ${done.error.message}`),
    );
  const revisions = () => {
    const list = history.value();
    return list && `${list.more ? 'more than ' : ''}${plural(list.entries.length, 'revision')}`;
  };
  const shared = {
    get path() {
      return props.path;
    },
    get revisions() {
      return revisions();
    },
    get runs() {
      return authors.value();
    },
    get blame() {
      return props.blame;
    },
    get line() {
      return props.line;
    },
    get fresh() {
      return props.fresh;
    },
    get asked() {
      return asked();
    },
    onLine,
    onWhy: ask,
    onAuthor: setAuthor,
    onBlame: () => props.onBlame(!props.blame),
  };

  return (
    <>
      <section class="doc" aria-label={nameOf(props.path)}>
        <DocToolbar
          path={props.path}
          at={props.at}
          kind={opened.value()?.is ?? 'file'}
          authored={authored() && (!drawn() || asText())}
          blame={props.blame}
          onBlame={props.onBlame}
          onWhy={() => ask(caret())}
          onAsk={props.onAsk}
          onDownload={fetch}
          sideOpen={props.sideOpen}
          onSide={props.onSide}
        />
        <Show when={props.at !== undefined && former.value()}>
          {(version) => (
            <Notice
              live="off"
              icon="clock"
              title={`As ${readActor(version().actor).name} left it, ${relativeDay(version().at, { now: Date.now() })}.`}
              actions={
                <Button small href={href({ room: 'files', path: props.path })}>
                  {missing() ? 'Close this version' : 'Back to now'}
                </Button>
              }
            >
              Former versions cannot be edited; the history beside can bring this one back.
            </Notice>
          )}
        </Show>
        <Show when={props.at === undefined && stat()?.conflict}>
          {(words) => <ConflictBand path={props.path} words={words()} />}
        </Show>
        <Show when={props.path === POLICY && props.at === undefined}>
          <Notice
            live="off"
            icon="lock"
            title="What agents may do."
            actions={
              <Button small href={href({ room: 'settings', section: 'grants' })}>
                Edit in Settings
              </Button>
            }
          >
            A mistake is caught there before it counts.
          </Notice>
        </Show>
        <Show when={drawn()}>
          <div class="pad">
            <Seg
              label="Show as"
              value={asText() ? 'text' : 'picture'}
              onChange={(value) => setAsText(value === 'text')}
              options={[
                { value: 'picture', label: 'Picture' },
                { value: 'text', label: 'Text' },
              ]}
            />
          </div>
        </Show>
        <Switch
          fallback={
            <div class="pad grow">
              <Skeleton label="Opening" />
            </div>
          }
        >
          <Match when={props.at !== undefined ? former.error() : opened.error()}>
            {(error) => (
              <div class="pad grow">
                <ErrorCard
                  title={`${nameOf(props.path)} cannot be shown`}
                  code={`${error().code} ${props.path}`}
                  safe="Nothing was changed."
                >
                  {error().message}
                </ErrorCard>
              </div>
            )}
          </Match>
          <Match when={opened.value()?.is === 'folder'}>
            <FolderPane path={props.path} onNewFile={() => props.onAsk({ act: 'file', folder: props.path })} />
          </Match>
          <Match when={props.at === undefined && missing()}>
            {(gone) => (
              <MissingFile
                path={props.path}
                last={gone().last}
                content={history.value()?.entries.find(({ op }) => op !== 'remove' && op !== 'attr')}
                onNewFile={() => props.onAsk({ act: 'file', folder: props.path.slice(0, props.path.lastIndexOf('/')) })}
              />
            )}
          </Match>
          <Match when={(!drawn() || asText()) && editable()}>{(file) => <LiveText {...shared} stat={file()} />}</Match>
          <Match when={stat()}>
            {(file) => <FixedFile {...shared} stat={file()} at={props.at} asText={asText()} onDownload={fetch} />}
          </Match>
        </Switch>
      </section>
      <Show when={hasPast()}>
        <div class="side" role="region" aria-label="About this file" tabindex="0">
          <Show when={asked()}>
            {(line) => (
              <WhyLine path={props.path} line={line()} author={author()} onClose={() => setAsked(undefined)} />
            )}
          </Show>
          <HistoryPane
            path={props.path}
            history={history}
            at={props.at}
            writable={writable(props.path)}
            missing={missing() !== undefined}
          />
        </div>
      </Show>
    </>
  );
}
