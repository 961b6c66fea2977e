/**
 * The browser's notifications, on this device: whether they may be shown, whether the operator wants them, and showing
 * one. Permission is only ever asked for by a button; the choice is kept beside the workspace, not in it.
 */
export type Allowed = 'unsupported' | 'default' | 'granted' | 'denied';
export type Notice = {
  title: string;
  body: string;
  /** What it is about: a second one replaces the first, also one from another tab. */
  tag: string;
  href: string;
};

const KEPT = 'allod:notify';

export const allowed = (): Allowed => ('Notification' in globalThis ? Notification.permission : 'unsupported');

export const wanted = (): boolean => {
  try {
    return allowed() === 'granted' && localStorage.getItem(KEPT) === 'on';
  } catch {
    return false;
  }
};

export const setWanted = (value: boolean): void => {
  try {
    localStorage.setItem(KEPT, value ? 'on' : 'off');
  } catch {
    // A private window keeps nothing: it stays as it was.
  }
};

/** From a button only. */
export const ask = async (): Promise<Allowed> => {
  if (allowed() === 'unsupported') return 'unsupported';
  const answer = await Notification.requestPermission();
  setWanted(answer === 'granted');
  return answer;
};

export const show = async ({ title, body, tag, href }: Notice): Promise<void> => {
  const options = { body, tag, icon: new URL('icon-192.png', document.baseURI).href };
  try {
    const shown = new Notification(title, options);
    shown.addEventListener('click', () => {
      focus();
      location.hash = href;
      shown.close();
    });
  } catch {
    // On phones only a service worker may show one.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(title, options);
  }
};
