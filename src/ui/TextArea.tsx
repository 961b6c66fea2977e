/**
 * TextArea: several lines of text; grows with them up to twelve, then scrolls.
 */
import { type JSX, splitProps } from 'solid-js';
import { useField } from './Field.tsx';

export interface TextAreaProps extends Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, 'onInput' | 'style'> {
  label?: string;
  mono?: boolean;
  onText?: (text: string) => void;
}

export function TextArea(props: TextAreaProps) {
  const [own, rest] = splitProps(props, ['label', 'mono', 'onText', 'class']);
  const field = useField();
  return (
    <textarea
      rows={3}
      spellcheck={own.mono ? false : undefined}
      {...rest}
      id={rest.id ?? field?.id}
      aria-label={own.label}
      aria-describedby={rest['aria-describedby'] ?? field?.describedBy()}
      aria-invalid={field?.invalid() ? 'true' : undefined}
      class={`input area${own.mono ? ' mono' : ''}${own.class ? ` ${own.class}` : ''}`}
      onInput={(event) => own.onText?.(event.currentTarget.value)}
    />
  );
}
