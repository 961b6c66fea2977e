/** secret, secrets: kept encrypted beside the workspace, never in it; used at the boundary, never read back. */
import { ok } from '../protocol/errors.ts';
import type { Handler } from './kernel.ts';

export const secret: Handler<'secret'> = (kernel, _caller, { name, value, origins }) =>
  kernel.ports.secrets.set(name, value, origins);

export const secrets: Handler<'secrets'> = async (kernel) => ok({ secrets: await kernel.ports.secrets.list() });
