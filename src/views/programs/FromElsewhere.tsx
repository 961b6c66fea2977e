/** A bundle from elsewhere: its URL, or a .zip dropped or chosen. Either only leads to a plan. */
import { createSignal } from 'solid-js';
import { Button } from '../../ui/Button.tsx';
import { DropZone } from '../../ui/DropZone.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';

export function FromElsewhere(props: { onUrl: (url: string) => void; onFile: (file: File) => void }) {
  const [url, setUrl] = createSignal('');
  const [wrong, setWrong] = createSignal<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const asked = url().trim();
    const absolute = URL.canParse(asked)
      ? asked
      : URL.canParse(`https://${asked}`) && asked.includes('.')
        ? `https://${asked}`
        : undefined;
    if (!absolute || !/^https?:/.test(absolute))
      return void setWrong('This is not a web address. It begins with https://');
    setWrong(undefined);
    props.onUrl(absolute);
  };
  return (
    <div class="stack-s">
      <form class="stack-s" onSubmit={submit} aria-label="Install from a URL" novalidate>
        <Field label="Install from a URL or a .zip" {...(wrong() ? { error: wrong() } : {})}>
          <div class="input-row">
            <Input type="url" placeholder="https:// a bundle" value={url()} onText={setUrl} />
            <Button type="submit">See plan</Button>
          </div>
        </Field>
      </form>
      <DropZone label="Choose a .zip" accept=".zip,application/zip" onFiles={([file]) => file && props.onFile(file)}>
        Drop a bundle here to see its plan. Nothing is installed by dropping it.
      </DropZone>
    </div>
  );
}
