/** Kit, last sheet: what opens over the page. */
import { createSignal } from 'solid-js';
import { Announcer } from './Announcer.tsx';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Field } from './Field.tsx';
import { Input } from './Input.tsx';

export function KitOver() {
  const [open, setOpen] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const close = () => {
    setOpen(false);
    setSaid('Closed. Nothing was changed.');
  };
  return (
    <div class="btn-row">
      <Button onClick={() => setOpen(true)}>Open a dialog</Button>
      <Announcer message={said()} />
      <Dialog
        open={open()}
        title="Unpair phone"
        onClose={close}
        actions={
          <>
            <Button onClick={close}>Keep it paired</Button>
            <Button variant="stop" icon="ban" onClick={close}>
              Unpair and refuse its entries
            </Button>
          </>
        }
      >
        <p>phone receives nothing more after this. What it wrote stays in the history.</p>
        <Field label="Type its name to go on">
          <Input />
        </Field>
      </Dialog>
    </div>
  );
}
