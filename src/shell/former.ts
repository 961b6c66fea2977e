/**
 * The workspace that was here before. Which one it was is remembered beside the database, where it outlives a database
 * that was deleted or cleared away; so an empty workspace never stands in for another without a word. When the browser
 * cleared everything of this site, nothing can remember, and only tabs that were open can say it.
 */
import type { Client } from '../client/client.ts';
import { fromJson } from '../client/live.ts';

const KEPT = 'allod:workspace';

type Workspace = { device: string; startedAt: string };

const workspaceIn = (value: unknown): Workspace | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  const { device, startedAt } = value as Record<string, unknown>;
  return typeof device === 'string' && typeof startedAt === 'string' ? { device, startedAt } : undefined;
};

/** `tell` is called when another workspace was here; what it is given is called when the operator has taken note. */
export const missFormer = async (
  client: Client,
  tell: (text: string, noted: () => void) => void,
  kept: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
): Promise<void> => {
  const read = await client.stub.read('/proc/kernel', { as: 'text' });
  const now = read.ok ? workspaceIn(fromJson(read.value.content)) : undefined;
  if (!now) return;
  try {
    const keep = (): void => kept.setItem(KEPT, JSON.stringify({ device: now.device, startedAt: now.startedAt }));
    const former = workspaceIn(fromJson(kept.getItem(KEPT) ?? ''));
    if (former && former.device !== now.device)
      tell(
        `This is a new, empty workspace. The one that was here on ${former.startedAt.slice(0, 10)} is gone from this browser: its storage was cleared or lost. Nothing here can bring it back; a copy you exported still can.`,
        keep,
      );
    else keep();
  } catch {
    // Storage is closed (a private window): nothing is remembered there.
  }
};
