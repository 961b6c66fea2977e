/**
 * The address of a room, in the hash: the app is a folder of files on any host, and a hash needs nothing of it.
 * A route is data; `href` and `parseRoute` are inverse. An address that says nothing known is Home.
 */
import { createSignal, onCleanup, type Accessor } from 'solid-js';

export type Route =
  | { room: 'home' }
  | { room: 'inbox'; id?: string }
  | { room: 'conflicts' }
  | { room: 'files'; path?: string; at?: string; line?: number }
  | ({ room: 'search' } & SearchAsked)
  | { room: 'agents'; run?: string; schedule?: true }
  | { room: 'programs'; name?: string }
  | { room: 'money' }
  | { room: 'settings'; section?: string };

export type RoomName = Route['room'];

/** What the search room is asked, as its address has it. `past`: also in former versions. */
export type SearchAsked = {
  query?: string;
  mode?: 'exact' | 'regex';
  under?: string;
  actor?: string;
  since?: string;
  until?: string;
  past?: true;
};

const ASKED = ['query', 'under', 'actor', 'since', 'until'] as const;

const encode = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** A name is one segment, whatever it holds: a program's may be the URL its plan is read from. */
const withName = (room: string, name: string | undefined): string =>
  name ? `#/${room}/${encodeURIComponent(name)}` : `#/${room}`;

export const href = (route: Route): string => {
  switch (route.room) {
    case 'home':
      return '#/';
    case 'conflicts':
      return '#/conflicts';
    case 'money':
      return '#/money';
    case 'inbox':
      return withName('inbox', route.id);
    case 'agents':
      return withName('agents', route.schedule ? 'schedule' : route.run);
    case 'programs':
      return withName('programs', route.name);
    case 'settings':
      return withName('settings', route.section);
    case 'search': {
      const query = new URLSearchParams();
      for (const name of [...ASKED, 'mode'] as const) if (route[name]) query.set(name, route[name]);
      if (route.past) query.set('past', '1');
      const asked = query.toString();
      return `#/search${asked ? `?${asked}` : ''}`;
    }
    case 'files': {
      const query = new URLSearchParams();
      if (route.at) query.set('at', route.at);
      if (route.line) query.set('line', String(route.line));
      const asked = query.toString();
      return `#/files${route.path && route.path !== '/' ? encode(route.path) : ''}${asked ? `?${asked}` : ''}`;
    }
  }
};

export const parseRoute = (hash: string): Route => {
  const [address = '', asked = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [room, ...parts] = address
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const rest = parts.join('/');
  switch (room) {
    case 'conflicts':
    case 'money':
      return { room };
    case 'inbox':
      return rest ? { room, id: rest } : { room };
    case 'agents':
      // No run is called so: a run's id is a hash.
      if (rest === 'schedule') return { room, schedule: true };
      return rest ? { room, run: rest } : { room };
    case 'programs':
      return rest ? { room, name: rest } : { room };
    case 'settings':
      return rest ? { room, section: rest } : { room };
    case 'search': {
      const query = new URLSearchParams(asked);
      const mode = query.get('mode');
      const found: SearchAsked = {};
      for (const name of ASKED) {
        const value = query.get(name);
        if (value) found[name] = value;
      }
      if (mode === 'exact' || mode === 'regex') found.mode = mode;
      if (query.get('past') === '1') found.past = true;
      return { room, ...found };
    }
    case 'files': {
      const query = new URLSearchParams(asked);
      const at = query.get('at');
      const line = Number(query.get('line'));
      return {
        room,
        ...(rest ? { path: `/${rest}` } : {}),
        ...(at ? { at } : {}),
        ...(Number.isInteger(line) && line > 0 ? { line } : {}),
      };
    }
    default:
      return { room: 'home' };
  }
};

export const go = (route: Route, o: { replace?: boolean } = {}): void => {
  if (o.replace) {
    history.replaceState(history.state, '', href(route));
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = href(route);
};

/** The route of this page, followed. One per page: main makes it and hands its fields to the rooms as props. */
export const createRoute = (): Accessor<Route> => {
  const [route, setRoute] = createSignal(parseRoute(location.hash));
  const follow = () => setRoute(parseRoute(location.hash));
  addEventListener('hashchange', follow);
  onCleanup(() => removeEventListener('hashchange', follow));
  return route;
};
