/**
 * Field: a label, one control, a hint and, when the value is wrong, what to do about it.
 * The control inside (Input, Select, TextArea) takes its id, description and validity from here.
 */
import { type Accessor, createContext, createUniqueId, type JSX, Show, useContext } from 'solid-js';
import { Icon } from './Icon.tsx';

export interface FieldLink {
  id: string;
  describedBy: Accessor<string | undefined>;
  invalid: Accessor<boolean>;
}

const FieldContext = createContext<FieldLink>();

/** For a control: the field it stands in, if any. */
export const useField = (): FieldLink | undefined => useContext(FieldContext);

export interface FieldProps {
  label: JSX.Element;
  hint?: JSX.Element;
  /** Says what is wrong and what is right: "Hour 25 does not exist. Use 0 to 23." */
  error?: string;
  /** The label is only heard, not seen. */
  quiet?: boolean;
  children: JSX.Element;
}

export function Field(props: FieldProps) {
  const id = createUniqueId();
  const link: FieldLink = {
    id,
    invalid: () => Boolean(props.error),
    describedBy: () => (props.error ? `${id}-error` : props.hint ? `${id}-hint` : undefined),
  };
  return (
    <div class="field">
      <label for={id} classList={{ vh: props.quiet ?? false }}>
        {props.label}
      </label>
      <FieldContext.Provider value={link}>{props.children}</FieldContext.Provider>
      <Show
        when={props.error}
        fallback={
          <Show when={props.hint}>
            {(hint) => (
              <p class="hint" id={`${id}-hint`}>
                {hint()}
              </p>
            )}
          </Show>
        }
      >
        {(error) => (
          <p class="field-error" id={`${id}-error`} role="alert">
            <Icon name="warn" />
            {error()}
          </p>
        )}
      </Show>
    </div>
  );
}
