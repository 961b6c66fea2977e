/** RememberDialog: approve, and grant exactly the same for a while. It says what is granted before it is. */
import { createSignal, For } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Select } from '../../ui/Select.tsx';
import { visible } from './exact-fields.ts';
import { TERMS, untilAfter, type WouldGrant } from './remembering.ts';

export interface RememberDialogProps {
  open: boolean;
  proposal: Proposal;
  grant: WouldGrant | undefined;
  onClose: () => void;
  /** Approve, and remember until then (ISO date). */
  onApprove: (until: string) => void;
}

export function RememberDialog(props: RememberDialogProps) {
  const [days, setDays] = createSignal<string>('7');
  const who = () => readActor(props.proposal.by).name;
  return (
    <Dialog
      open={props.open}
      title="Approve and remember"
      onClose={props.onClose}
      actions={
        <>
          <Button variant="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            onClick={() => {
              props.onClose();
              props.onApprove(untilAfter(days(), Date.now()));
            }}
          >
            Approve and remember for {TERMS.find(({ value }) => value === days())?.label ?? ''}
          </Button>
        </>
      }
    >
      <div class="stack-s">
        <p>
          This is approved now. Besides, {who()} may{' '}
          {props.grant?.kind === 'write'
            ? 'write these files, with any content,'
            : 'look at this address, with any parameters and headers,'}{' '}
          without asking, as far as its role and its autonomy let it:
        </p>
        <ul class="granted-lines">
          <For each={props.grant?.lines}>
            {(line) => (
              <li>
                <code>{visible(line)}</code>
              </li>
            )}
          </For>
        </ul>
        <Field label="For how long" hint="It ends by itself. You can take it back before, in Settings.">
          <Select value={days()} options={TERMS} onPick={setDays} />
        </Field>
      </div>
    </Dialog>
  );
}
