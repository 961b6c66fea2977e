import { expect, test } from 'vitest';
import { bootMemory, createDisk } from '../boot/memory.ts';
import { journalRows, withDatabase } from '../boot/faults.ts';

const VALUE = 'sk-very-secret-0123456789';
const holds = (value: unknown, text: string): boolean => {
  const seen = JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array || part instanceof ArrayBuffer
      ? Buffer.from(part as ArrayBuffer).toString('latin1')
      : part,
  );
  return (seen ?? '').includes(text);
};

test('[S3] a secret is released to an origin it was stored for, and to no other', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const op = k.as('operator');
  const { secrets } = k.kernel.ports;
  expect(await op.call('secret', { name: 'API_KEY', value: VALUE, origins: ['https://api.example.com/v1'] })).toEqual({
    ok: true,
    value: { name: 'API_KEY' },
  });
  expect(await secrets.use('API_KEY', 'https://api.example.com')).toEqual({ ok: true, value: VALUE });
  for (const origin of [
    'https://example.com',
    'http://api.example.com',
    'https://api.example.com.evil.org',
    'https://api.example.com:8443',
    '',
  ]) {
    const refused = await secrets.use('API_KEY', origin);
    expect(refused).toMatchObject({ ok: false, error: { code: 'EACCES' } });
    expect(holds(refused, VALUE)).toBe(false);
  }
  expect(await secrets.use('OTHER', 'https://api.example.com')).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
  k.crash();
  const b = await bootMemory({ disk });
  expect(await b.kernel.ports.secrets.use('API_KEY', 'https://api.example.com')).toEqual({ ok: true, value: VALUE });
  expect(await b.as('operator').call('secret', { name: 'API_KEY', value: null })).toMatchObject({ ok: true });
  expect(await b.kernel.ports.secrets.use('API_KEY', 'https://api.example.com')).toMatchObject({
    ok: false,
    error: { code: 'ENOENT' },
  });
  await b.stop();
});

test('[S3] [A37] it is stored encrypted under a key that cannot leave, and no call gives it back', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const op = k.as('operator');
  await op.call('secret', { name: 'API_KEY', value: VALUE, origins: ['https://api.example.com'] });
  const stored = await withDatabase(disk, async (db) => ({
    key: (await db.sys.get('vault-key'))?.v as CryptoKey,
    rows: await db.secrets.toArray(),
    sys: await db.sys.toArray(),
  }));
  expect(stored.key).toMatchObject({ extractable: false });
  await expect(crypto.subtle.exportKey('raw', stored.key)).rejects.toThrow();
  expect(stored.rows).toHaveLength(1);
  expect(Object.keys(stored.rows[0] ?? {}).sort()).toEqual(['data', 'iv', 'k', 'origins']);
  expect(holds(stored.rows, VALUE)).toBe(false);
  expect(holds(await journalRows(disk), VALUE)).toBe(false);
  const answers = await Promise.all([
    op.call('secrets'),
    op.call('secret', { name: 'API_KEY' }),
    op.call('use', { name: 'API_KEY' }),
    op.read('/proc/calls'),
    op.search('secret'),
    op.list('/', { depth: 9 }),
    op.list('/proc'),
  ]);
  expect(answers[0]).toEqual({
    ok: true,
    value: { secrets: [{ name: 'API_KEY', origins: ['https://api.example.com'] }] },
  });
  expect(holds(answers, VALUE)).toBe(false);
  for (const actor of ['agent:a', 'program:p', 'daemon:d'] as const) {
    expect(await k.as(actor).call('secrets')).toMatchObject({ ok: false, error: { code: 'EACCES' } });
    expect(await k.as(actor).call('secret', { name: 'A', value: 'b', origins: ['https://x.org'] })).toMatchObject({
      ok: false,
      error: { code: 'EACCES' },
    });
  }
  await k.stop();
});

test('[S3] a secret needs a name and a place it may go', async () => {
  const k = await bootMemory();
  const op = k.as('operator');
  for (const args of [
    { name: 'lower', value: 'v', origins: ['https://x.org'] },
    { name: 'A', value: 'v', origins: [] },
    { name: 'A', value: 'v', origins: ['not an address'] },
    { name: 'A', value: '' },
  ]) {
    expect(await op.call('secret', args)).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
  }
  await k.stop();
});
