/**
 * Single keys (G, J, K, R …) can be switched off by an operator who dictates or who types past fields. The choice is
 * this device's, so it is kept in localStorage and not in the workspace.
 */
const KEPT = 'allod:single-keys';

export const singleKeys = (): boolean => {
  try {
    return localStorage.getItem(KEPT) !== 'off';
  } catch {
    return true;
  }
};

export const setSingleKeys = (value: boolean): void => {
  try {
    localStorage.setItem(KEPT, value ? 'on' : 'off');
  } catch {
    // Storage is closed (a private window): the keys stay as they are.
  }
};

/** Is the operator typing, so that a letter is a letter? */
export const typing = (event: KeyboardEvent): boolean => {
  // Seen from outside an editor's shadow root, the target is the root's host.
  const target = (event.composedPath()[0] ?? event.target) as Element | null;
  return (
    event.isComposing ||
    target?.closest?.('input, textarea, select, [contenteditable]:not([contenteditable="false"])') != null
  );
};
