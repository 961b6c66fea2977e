/** Light, dark, or what the system says. Kept on this device; the attribute on <html> wins over the system. */
export type Theme = 'system' | 'light' | 'dark';

const KEPT = 'allod:theme';

export const keptTheme = (): Theme => {
  const now = document.documentElement.dataset['theme'];
  if (now === 'light' || now === 'dark') return now;
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
};

export const applyTheme = (theme: Theme): void => {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme);
  } catch {
    // A private window: it holds until the page is closed.
  }
};
