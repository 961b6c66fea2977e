/**
 * org.allod/inventory.json: every file of the bundle with its size and SHA-256. When it is there, the bundle is exactly
 * what it lists: a file that differs, is missing or is not listed refuses the whole bundle.
 */
import * as z from 'zod';
import { decodeText } from '../protocol/bytes.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Files } from './unzip.ts';

export const INVENTORY = 'org.allod/inventory.json';
export const SIGNATURE = 'org.allod/signature.json';
const MAX_BYTES = 4 << 20;

const inventorySchema = z.object({
  files: z.array(
    z.object({ path: z.string(), bytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

const parse = (bytes: Uint8Array): z.infer<typeof inventorySchema> | undefined => {
  const text = bytes.length <= MAX_BYTES ? decodeText(bytes) : undefined;
  try {
    return inventorySchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

/** ok(false) when there is none to check against. */
export const checkInventory = (files: Files, listed: Plan['files']): Result<boolean> => {
  const bytes = files.get(INVENTORY);
  if (!bytes) return ok(false);
  const refuse = (message: string) =>
    err('EBADMSG', `${INVENTORY}: ${message} The bundle is not what its publisher packed.`);
  const inventory = parse(bytes);
  if (!inventory) return refuse('cannot be read.');
  const said = new Map(inventory.files.map((file) => [file.path, file]));
  if (said.size !== inventory.files.length) return refuse('lists a file twice.');
  for (const file of listed) {
    if (file.path === INVENTORY || file.path === SIGNATURE) continue;
    const expected = said.get(file.path);
    if (!expected) return refuse(`does not list ${file.path}.`);
    if (expected.bytes !== file.bytes || expected.sha256 !== file.sha256)
      return refuse(`${file.path} has other content than it lists.`);
    said.delete(file.path);
  }
  const missing = said.keys().next().value;
  return missing === undefined ? ok(true) : refuse(`lists ${missing}, which is not in the zip.`);
};
