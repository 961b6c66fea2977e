/**
 * AmendDialog: the operator edits what was proposed, before deciding. Nothing is done yet: it becomes another proposal, with
 * a seal of its own, and the one that was asked is void.
 */
import { createEffect, createSignal, For, on } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { amended, draftsOf, type Amended } from './amending.ts';

export interface AmendDialogProps {
  open: boolean;
  proposal: Proposal;
  onClose: () => void;
  /** Why it was not taken, or undefined when it was. */
  onAmend: (to: Amended) => Promise<string | undefined>;
}

export function AmendDialog(props: AmendDialogProps) {
  const [texts, setTexts] = createSignal<readonly string[]>([]);
  const [problem, setProblem] = createSignal<string>();
  const [sending, setSending] = createSignal(false);
  const drafts = () => draftsOf(props.proposal);
  createEffect(
    on(
      () => props.open,
      (open) => {
        if (!open) return;
        setTexts(drafts().map(({ text }) => text));
        setProblem(undefined);
      },
    ),
  );
  const send = async () => {
    if (sending()) return;
    const to = amended(props.proposal, texts());
    if (!to.ok) return setProblem(to.error.message);
    setSending(true);
    setProblem(await props.onAmend(to.value));
    setSending(false);
    if (problem() === undefined) props.onClose();
  };
  return (
    <Dialog
      wide
      open={props.open}
      title="Change it first"
      onClose={props.onClose}
      actions={
        <>
          <Button variant="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={sending()} onClick={() => void send()}>
            Show me what it becomes
          </Button>
        </>
      }
    >
      <div class="stack-s">
        <p>
          Nothing is done yet. What you write becomes a new proposal, still in the name of{' '}
          {readActor(props.proposal.by).name}, and you decide that one.
        </p>
        <For each={drafts()}>
          {(draft, at) => (
            <Field label={draft.label}>
              <TextArea
                mono
                rows={8}
                value={draft.text}
                onText={(text) => setTexts(texts().map((old, index) => (index === at() ? text : old)))}
              />
            </Field>
          )}
        </For>
        <Problem words={problem()} />
      </div>
    </Dialog>
  );
}
