/**
 * Input: one line of text. Inside a Field it is labelled by it; alone it needs `label`.
 */
import { type JSX, splitProps } from 'solid-js';
import { useField } from './Field.tsx';

export interface InputProps extends Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput' | 'style'> {
  label?: string;
  mono?: boolean;
  onText?: (text: string) => void;
}

export function Input(props: InputProps) {
  const [own, rest] = splitProps(props, ['label', 'mono', 'onText', 'class']);
  const field = useField();
  return (
    <input
      type="text"
      autocomplete="off"
      spellcheck={own.mono ? false : undefined}
      {...rest}
      id={rest.id ?? field?.id}
      aria-label={own.label}
      aria-describedby={rest['aria-describedby'] ?? field?.describedBy()}
      aria-invalid={field?.invalid() ? 'true' : undefined}
      class={`input${own.mono ? ' mono' : ''}${own.class ? ` ${own.class}` : ''}`}
      onInput={(event) => own.onText?.(event.currentTarget.value)}
    />
  );
}
