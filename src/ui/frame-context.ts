/** What the frame offers to what stands inside it: the two commands a phone shows in the page's top. */
import { createContext, useContext } from 'solid-js';

export interface FrameCommands {
  onFind?: () => void;
  onStop?: () => void;
  stopping?: boolean;
}

export const FrameContext = createContext<FrameCommands>({});

export const useFrame = (): FrameCommands => useContext(FrameContext);
