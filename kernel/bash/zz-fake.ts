import { hashHex, concatBytes, decodeText } from '../protocol/bytes.ts';
import { err, ok, fail, SysFailure } from '../protocol/errors.ts';
type F = { bytes: Uint8Array; rev: string; actor: string; at: string; dir?: boolean };
const enc = (c: string | Uint8Array) => typeof c === 'string' ? new TextEncoder().encode(c) : c;
export const fake = (files: Record<string, string | Uint8Array>, actor = 'operator', o: { deny?: (p: string) => boolean } = {}) => {
  let n = 0; const m = new Map<string, F>(); const calls: { name: string; args: any }[] = []; const writes: any[] = [];
  const up = (p: string) => p.slice(0, Math.max(1, p.lastIndexOf('/')));
  const mk = (map: Map<string, F>, p: string) => { for (let d = p; d !== '/' && !map.has(d); d = up(d)) map.set(d, { bytes: new Uint8Array(), rev: `r${++n}`, actor, at: '2026-01-01T00:00:00.000Z', dir: true }); };
  for (const d of ['/workspace', '/system', '/programs', '/proc', '/proc/runs']) mk(m, d);
  for (const [p, c] of Object.entries(files)) { mk(m, up(p)); m.set(p, { bytes: enc(c), rev: `r${++n}`, actor: 'operator', at: '2026-01-01T00:00:00.000Z' }); }
  const stat = (p: string, f: F) => ({ path: p, kind: f.dir ? 'dir' : 'file', size: f.bytes.length, revision: f.rev, actor: f.actor, at: f.at, attrs: {}, ...(f.dir ? {} : { as: decodeText(f.bytes) === undefined ? 'blob' : 'text', hash: decodeText(f.bytes) === undefined ? 'x' : hashHex(f.bytes) }) });
  const h: any = {
    read: ({ path, as, length, at }: any) => { const f = m.get(path); if (!f) return err('ENOENT', `There is no file at ${path}.`, { path }); if (f.dir) return err('EISDIR', 'dir', { path }); if (at) return ok({ content: enc(`old ${at}`), stat: stat(path, f) }); const t = as === 'bytes' ? undefined : decodeText(f.bytes); return ok({ content: (t ?? f.bytes).slice(0, length), stat: stat(path, f) }); },
    list: ({ path, depth = 1, limit = 1000, cursor, history }: any) => { if (history) return ok({ entries: [{ id: 'r1', path, op: 'put', actor, at: '2026-01-01T00:00:00Z', message: 'made', size: 1, hash: '' }] }); const f = m.get(path); if (path !== '/' && !f) return err('ENOENT', 'no', { path }); if (path.includes('/secret')) return err('EACCES', 'Private to another agent.', { path }); const base = path === '/' ? '' : path; let e = [...m].filter(([p]) => p.startsWith(base + '/') && p.slice(base.length + 1).split('/').length <= depth).map(([p, x]) => stat(p, x)).sort((a, b) => a.path < b.path ? -1 : 1); if (cursor) e = e.slice(e.findIndex((x) => x.path === cursor) + 1); const more = e.length > limit; e = e.slice(0, limit); return ok({ entries: e, ...(more ? { cursor: e.at(-1)!.path } : {}) }); },
    write: ({ changes, message }: any) => { const t = new Map(m); const revs: string[] = []; const touch = (p: string, b: Uint8Array) => { const r = `r${++n}`; revs.push(r); t.set(p, { bytes: b, rev: r, actor, at: '2026-02-02T00:00:00.000Z' }); };
      try { for (const c of changes) { const p = c.path ?? c.from; if (o.deny?.(p)) fail('EACCES', `${actor} may not write ${p}.`, { path: p }); const f = t.get(p);
        if (c.op === 'put') { if (f?.dir) fail('EISDIR', 'dir'); if (f && c.base === null) fail('EEXIST', 'exists', { path: p }); if (f && c.base !== f.rev) fail('ESTALE', `${p} was changed by ${f.actor} (revision ${f.rev}) after you read it.`, { path: p }); if (!f && typeof c.base === 'string') fail('ENOENT', 'gone'); mk(t, up(p)); touch(p, enc(c.content)); }
        else if (c.op === 'append') touch(p, concatBytes([f?.bytes ?? new Uint8Array(), enc(c.content)]));
        else if (c.op === 'mkdir') mk(t, p);
        else if (c.op === 'remove') { if (!f) fail('ENOENT', `nothing at ${p}`); if ([...t.keys()].some((k) => k.startsWith(p + '/'))) fail('ENOTEMPTY', `${p} not empty`); t.delete(p); revs.push(`r${++n}`); }
        else if (c.op === 'move') { if (!f) fail('ENOENT', `nothing at ${p}`); if (t.has(c.to)) fail('EEXIST', `${c.to} exists`); mk(t, up(c.to)); for (const [k, v] of [...t]) if (k === p || k.startsWith(p + '/')) { t.delete(k); t.set(c.to + k.slice(p.length), k === p ? { ...v, rev: `r${++n}` } : v); } revs.push(`r${n}`); }
      } } catch (e) { if (e instanceof SysFailure) return { ok: false, error: e.error }; throw e; }
      m.clear(); for (const [k, v] of t) m.set(k, v); writes.push({ changes, message }); return ok({ revisions: revs }); },
  };
  const port: any = { actor, invoke: async (name: string, args: any) => { calls.push({ name, args }); await Promise.resolve(); return h[name] ? h[name](args) : err('ENOSYS', `no ${name}`); } };
  return { port, calls, writes, m, text: (p: string) => { const f = m.get(p); return f && !f.dir ? new TextDecoder().decode(f.bytes) : undefined; }, set: (p: string, c: string, by = 'agent:b') => m.set(p, { bytes: enc(c), rev: `r${++n}`, actor: by, at: 'x' }) };
};
