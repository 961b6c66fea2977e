/**
 * The vault: secrets encrypted with a non-extractable AES-GCM key, in a store of their own. They are never in the
 * journal, the tree, a prompt or a log, and are released only for an origin they were stored for.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { SecretsPort } from '../protocol/ports.ts';
import { request, storageFailure, transactFenced } from './transact.ts';
import type { Database, SecretRow, SysRow } from './schema.ts';

const KEY = 'vault-key';

const originOf = (address: string): string | undefined => {
  try {
    return new URL(address).origin;
  } catch {
    return undefined;
  }
};

/** The key is made on first use; two first uses at once agree on the one that was stored first. */
const vaultKey = async (db: Database, epoch: number): Promise<CryptoKey> => {
  const stored = await db.sys.get(KEY);
  if (stored) return stored.v as CryptoKey;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  return transactFenced(
    db,
    epoch,
    ['sys'],
    async ({ sys }) => {
      const row = (await request(sys.get(KEY))) as SysRow | undefined;
      if (row) return row.v as CryptoKey;
      await request(sys.put({ k: KEY, v: made }));
      return made;
    },
    { strict: true },
  );
};

export const createSecrets = (db: Database, epoch: number): SecretsPort => ({
  set: async (name, value, origins): Promise<Result<{ name: string }>> => {
    const allowed = origins.map(originOf);
    if (allowed.some((origin) => origin === undefined)) {
      return err('EINVAL', 'Name each place a secret may go as an origin, for example https://api.anthropic.com');
    }
    try {
      if (value === null) {
        await transactFenced(db, epoch, ['secrets'], ({ secrets }) => request(secrets.delete(name)), { strict: true });
        return ok({ name });
      }
      if (allowed.length === 0)
        return err('EINVAL', 'Say where this secret may be sent: at least one origin is needed.');
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv },
        await vaultKey(db, epoch),
        new TextEncoder().encode(value),
      );
      const row: SecretRow = { k: name, origins: allowed as string[], iv, data };
      await transactFenced(db, epoch, ['secrets'], async ({ secrets }) => void (await request(secrets.put(row))), {
        strict: true,
      });
      return ok({ name });
    } catch (cause) {
      return { ok: false, error: storageFailure(cause).error };
    }
  },

  list: async () => (await db.secrets.toArray()).map((row) => ({ name: row.k, origins: row.origins })),

  use: async (name, origin): Promise<Result<string>> => {
    const row = await db.secrets.get(name);
    if (!row) return err('ENOENT', `There is no secret named ${name}. Add it in Settings.`);
    if (!row.origins.includes(origin)) {
      return err(
        'EACCES',
        `The secret ${name} may not be sent to ${origin}. It was stored for ${row.origins.join(', ')}.`,
      );
    }
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: row.iv as BufferSource },
      await vaultKey(db, epoch),
      row.data,
    );
    return ok(new TextDecoder().decode(plain));
  },
});
