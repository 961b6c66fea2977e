/**
 * DropZone: takes files dropped on it, or chosen through its button. It reads nothing: it hands the files over.
 */
import { createSignal, type JSX } from 'solid-js';
import { Button } from './Button.tsx';

export interface DropZoneProps {
  /** On the button: "Choose files". */
  label: string;
  onFiles: (files: File[]) => void;
  accept?: string;
  multiple?: boolean;
  disabled?: boolean;
  /** What may be dropped and what happens with it. */
  children: JSX.Element;
}

export function DropZone(props: DropZoneProps) {
  const [over, setOver] = createSignal(false);
  let input!: HTMLInputElement;
  const give = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])];
    if (files.length > 0 && !props.disabled) props.onFiles(props.multiple ? files : files.slice(0, 1));
  };
  return (
    <div
      class="empty drop"
      classList={{ 'is-over': over() }}
      onDragOver={(event) => {
        if (props.disabled) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        give(event.dataTransfer?.files);
      }}
    >
      <div class="t13">{props.children}</div>
      <input
        ref={(node) => (input = node)}
        type="file"
        hidden
        accept={props.accept}
        multiple={props.multiple}
        onChange={() => {
          give(input.files);
          input.value = '';
        }}
      />
      <Button small icon="upload" disabled={props.disabled} onClick={() => input.click()}>
        {props.label}
      </Button>
    </div>
  );
}
