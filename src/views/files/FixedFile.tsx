/**
 * FixedFile: a file that is shown and not edited: a record, a former version, a picture, bytes. Text is read in the
 * editor without a caret's power; anything else says what it is and can be downloaded.
 */
import { createMemo, createSignal, Match, onCleanup, Show, Switch } from 'solid-js';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import type { ReadValue } from '../../../kernel/protocol/syscalls.ts';
import { createRead, type Live } from '../../client/live.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { bytes, hashGroups } from '../../ui/words.ts';
import { DocFoot } from './DocFoot.tsx';
import { fileUrl, imageType, whyReadOnly } from './places.ts';
import { TextPane, type TextPaneProps } from './TextPane.tsx';

export interface FixedFileProps extends Omit<TextPaneProps, 'source'> {
  stat: Stat;
  revisions: string | undefined;
  /** A former version. */
  at: string | undefined;
  /** A picture made of text, to be read as text. */
  asText: boolean;
  onDownload: () => void;
}

/** More text than this is shown only when asked for. */
const MOST_BYTES = 4_000_000;

export function FixedFile(props: FixedFileProps) {
  const [anyway, setAnyway] = createSignal(false);
  const large = () => props.stat.size > MOST_BYTES && !anyway() && !imageType(props.path);
  return (
    <Show when={!large()} fallback={<Large {...props} onShow={() => setAnyway(true)} />}>
      <Loaded {...props} />
    </Show>
  );
}

function Loaded(props: FixedFileProps) {
  const file = createRead(() => props.path, { at: () => props.at });
  if (props.path.startsWith('/proc/')) {
    const timer = setInterval(file.reload, 3_000);
    onCleanup(() => clearInterval(timer));
  }
  return (
    <Switch
      fallback={
        <div class="pad">
          <Skeleton label="Reading the file" />
        </div>
      }
    >
      <Match when={file.error() && !file.value()}>
        <div class="pad">
          <ErrorCard
            title="This version cannot be read"
            code={`${file.error()?.code ?? 'EIO'} ${props.path}`}
            safe="Nothing was changed."
          >
            {file.error()?.message}
          </ErrorCard>
        </div>
      </Match>
      <Match when={!props.asText && imageType(props.path) && file.value()}>
        <Picture {...props} file={file} />
      </Match>
      <Match when={typeof file.value()?.content === 'string'}>
        <FixedText {...props} file={file} />
      </Match>
      <Match when={file.value()}>{(value) => <Bytes {...props} stat={value().stat} />}</Match>
    </Switch>
  );
}

type WithFile = FixedFileProps & { file: Live<ReadValue> };

function FixedText(props: WithFile) {
  // A new text is a new editor: nothing of the operator's is in it to be kept.
  const text = createMemo(
    () => {
      const content = props.file.value()?.content;
      return typeof content === 'string' ? { fixed: content } : undefined;
    },
    undefined,
    { equals: (a, b) => a?.fixed === b?.fixed },
  );
  return (
    <>
      <Show keyed when={text()}>
        {(source) => <TextPane {...props} source={source} />}
      </Show>
      <DocFoot stat={props.file.value()?.stat ?? props.stat} revisions={props.revisions}>
        {props.at ? 'A former version' : (whyReadOnly(props.stat) ?? 'Read only')}
      </DocFoot>
    </>
  );
}

function Picture(props: WithFile) {
  const url = createMemo<string | undefined>((before) => {
    if (before) URL.revokeObjectURL(before);
    const content = props.file.value()?.content;
    if (content === undefined) return undefined;
    return fileUrl(typeof content === 'string' ? new TextEncoder().encode(content) : content, imageType(props.path));
  });
  onCleanup(() => URL.revokeObjectURL(url() ?? ''));
  return (
    <>
      <div class="doc-picture">
        <img src={url()} alt={`${nameOf(props.path)}, ${bytes(props.stat.size)}`} />
      </div>
      <DocFoot stat={props.stat} revisions={props.revisions}>
        {props.at ? 'A former version' : 'Picture'}
      </DocFoot>
    </>
  );
}

function Bytes(props: FixedFileProps) {
  return (
    <>
      <div class="pad stack-s grow">
        <p class="muted">These are bytes and not text, so there is nothing to show here.</p>
        <WhatItIs {...props} />
        <div class="btn-row">
          <Button icon="download" onClick={() => props.onDownload()}>
            Download
          </Button>
        </div>
      </div>
      <DocFoot stat={props.stat} revisions={props.revisions}>
        Not text
      </DocFoot>
    </>
  );
}

function Large(props: FixedFileProps & { onShow: () => void }) {
  return (
    <>
      <div class="pad stack-s grow">
        <p class="muted">
          {bytes(props.stat.size)} is more than the {bytes(MOST_BYTES)} that are edited here as text. It is kept whole,
          in every version.
        </p>
        <WhatItIs {...props} />
        <div class="btn-row">
          <Button icon="download" onClick={() => props.onDownload()}>
            Download
          </Button>
          <Button variant="quiet" onClick={() => props.onShow()}>
            Show it all the same
          </Button>
        </div>
      </div>
      <DocFoot stat={props.stat} revisions={props.revisions}>
        Large
      </DocFoot>
    </>
  );
}

function WhatItIs(props: { stat: Stat }) {
  return (
    <Facts
      facts={[
        { term: 'Size', value: bytes(props.stat.size) },
        props.stat.hash !== undefined && {
          term: props.stat.as === 'blob' ? 'Hash of its chunks' : 'Hash',
          value: <code title={props.stat.hash}>{hashGroups(props.stat.hash, 4)}</code>,
        },
        { term: 'Revision', value: <code>{props.stat.revision}</code> },
      ]}
    />
  );
}
