/**
 * What every room of the page is given: the client, and the desk (the few things the shell does for a room).
 * Function types only, so that a room can be drawn in a test over fakes.
 */
import { createContext, useContext } from 'solid-js';
import type { Client } from './client.ts';

export type Desk = {
  /** Put text in the order line and focus it; a leading `$ ` turns it into a bash line. Nothing is sent. */
  order: (text: string) => void;
  /** Open the palette. */
  search: () => void;
  /** End every run, and let nothing act alone until the operator says so. */
  stopAll: () => Promise<void>;
  /** Say a thing that happened: shown for a while, and read out. */
  say: (message: string) => void;
};

export const ClientContext = createContext<Client>();
export const DeskContext = createContext<Desk>();

const given = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new Error(`${name} is read outside its provider.`);
  return value;
};

export const useClient = (): Client => given(useContext(ClientContext), 'ClientContext');
export const useDesk = (): Desk => given(useContext(DeskContext), 'DeskContext');
