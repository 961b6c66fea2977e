/** NewAgent: a name, and a role file to write on. A role grants nothing: what it may write is the operator's to grant. */
import { createEffect, createSignal, on } from 'solid-js';
import { actorName } from '../../../kernel/protocol/actor.ts';
import { roleFile } from '../../../kernel/protocol/formats/role.ts';
import { useClient } from '../../client/context.ts';
import { go } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';

const roleText = (name: string): string => `---
name: ${name}
description: What it is for, in one line
tools: [read, list, search, propose]
write: []                # patterns it wants to write; your policy must grant them too
autonomy: bounded        # manual | bounded | autonomous
---
Say here what this agent does, and what it must never do.
`;

export function NewAgent(props: { open: boolean; onClose: () => void }) {
  const client = useClient();
  const [name, setName] = createSignal('');
  const [problem, setProblem] = createSignal<string>();
  createEffect(
    on(
      () => props.open,
      () => {
        setName('');
        setProblem(undefined);
      },
    ),
  );
  const make = async () => {
    const parsed = actorName.safeParse(name().trim());
    if (!parsed.success) return setProblem(parsed.error.issues[0]?.message ?? 'This name cannot be used.');
    const path = roleFile(parsed.data);
    const made = await client.stub.write([{ op: 'put', path, content: roleText(parsed.data), base: null }], {
      message: `New agent ${parsed.data}`,
    });
    if (!made.ok)
      return setProblem(
        made.error.code === 'EEXIST' ? `There is an agent ${parsed.data} already.` : made.error.message,
      );
    props.onClose();
    go({ room: 'files', path });
  };
  return (
    <Dialog
      open={props.open}
      title="New agent"
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Not now</Button>
          <Button variant="primary" onClick={() => void make()}>
            Write its role
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Field
          label="Name"
          hint="Its role opens as a file. Until you grant it something, it can read and propose."
          error={problem()}
        >
          <Input mono value={name()} onText={setName} placeholder="bookkeeper" />
        </Field>
      </form>
    </Dialog>
  );
}
