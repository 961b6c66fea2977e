/** Words with paths in them: each path in mono, and allowed to break, so that a long one does not push the page wide. */
import { For } from 'solid-js';

const PATH = /(\/(?:workspace|system|programs)\/[^\s,;]*[^\s,;.:])/;

export function WithPaths(props: { text: string }) {
  // Splitting on one group puts the paths at the odd places.
  return (
    <For each={props.text.split(PATH)}>{(part, n) => (n() % 2 === 1 ? <span class="path">{part}</span> : part)}</For>
  );
}
