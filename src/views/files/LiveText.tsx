/**
 * LiveText: a workspace text being edited. What is typed goes to the kernel as it is typed and what others write comes
 * in; the foot says whether all of it is in the journal.
 */
import { createSignal, onCleanup, Show } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { useClient } from '../../client/context.ts';
import type { Replica } from '../../client/replica.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { DocFoot } from './DocFoot.tsx';
import { createSaved } from './saved.ts';
import { TextPane, type TextPaneProps } from './TextPane.tsx';

export interface LiveTextProps extends Omit<TextPaneProps, 'source'> {
  stat: Stat;
  /** "26 revisions", once counted. */
  revisions: string | undefined;
}

const NOT_LOADED: SysError = {
  code: 'EIO',
  call: 'open',
  message: 'The editor’s parts could not be loaded. If you are offline they are not in the cache yet.',
};

export function LiveText(props: LiveTextProps) {
  const client = useClient();
  const [replica, setReplica] = createSignal<Replica>();
  const [failed, setFailed] = createSignal<SysError>();
  let gone = false;

  const open = async () => {
    const { openReplica } = await import('../../client/replica.ts');
    const opened = await openReplica(client, props.path);
    if (!opened.ok) return setFailed(opened.error);
    if (gone) return void opened.value.close();
    setReplica(opened.value);
  };
  open().catch(() => setFailed(NOT_LOADED));
  // Closing seals what was typed, so that the next reader sees it.
  onCleanup(() => {
    gone = true;
    void replica()?.close();
  });
  return (
    <Show
      when={failed()}
      fallback={
        <Show
          when={replica()}
          fallback={
            <div class="pad">
              <Skeleton label="Opening the file" />
            </div>
          }
        >
          {(ready) => <Editing {...props} replica={ready()} />}
        </Show>
      }
    >
      {(error) => (
        <div class="pad">
          <ErrorCard
            title="This file cannot be opened for editing"
            code={`${error().code} ${props.path}`}
            safe="Its content and its history are untouched."
          >
            {error().message}
          </ErrorCard>
        </div>
      )}
    </Show>
  );
}

function Editing(props: LiveTextProps & { replica: Replica }) {
  const client = useClient();
  const saved = createSaved(client, props.path, props.replica, () => props.stat.hash);
  const live = { live: props.replica.text };
  const text = createText(props.replica);
  const [failed, setFailed] = createSignal<string>();
  // A carriage return is a character one cannot see and would type around; the editor takes texts without it.
  const foreign = () => text().includes('\r');
  const convert = async () => {
    const content = text().replace(/\r\n?/g, '\n');
    const change = { op: 'put', path: props.path, content, base: props.stat.revision } as const;
    const done = await client.stub.write([change], { message: 'Plain line breaks' });
    setFailed(done.ok ? undefined : done.error.message);
  };
  return (
    <>
      <Show when={props.replica.lost()}>
        {(error) => (
          <Notice tone="fail" live="alert" title="What you type now is not kept.">
            {error().message} Copy your text before you leave this page.
          </Notice>
        )}
      </Show>
      <Show when={foreign()} fallback={<TextPane {...props} source={live} />}>
        <Notice
          title="This text has Windows line breaks."
          actions={
            <Button small onClick={() => void convert()}>
              Convert and edit
            </Button>
          }
        >
          {failed() ?? 'It can be read as it is. Converting is one revision, and can be undone.'}
        </Notice>
        <TextPane {...props} source={{ fixed: text() }} />
      </Show>
      <DocFoot stat={props.stat} revisions={props.revisions}>
        {saved() === 'saved' ? 'Saved' : 'Typing, saved in a moment'}
      </DocFoot>
    </>
  );
}

/** The replica's text, followed. */
const createText = (replica: Replica) => {
  const [text, setText] = createSignal(replica.text.toJSON());
  const follow = (): void => void setText(replica.text.toJSON());
  replica.doc.on('update', follow);
  onCleanup(() => replica.doc.off('update', follow));
  return text;
};
