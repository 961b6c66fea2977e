// A kernel with the loader, and the steps in the life of a program: what the loader's tests start from.
import { afterEach } from 'vitest';
import { bootMemory, type Memory } from '../../kernel/boot/memory.ts';
import { createLoader } from '../../kernel/loader/loader.ts';
import { hashHex } from '../../kernel/protocol/bytes.ts';
import { must } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { InstalledProgram } from '../../kernel/protocol/formats/records.ts';
import type { Sys } from '../../kernel/protocol/sys.ts';
import { tideBundle } from '../fixtures/tide-notes.ts';

const kernels: Memory[] = [];
export const boot = async (options: Parameters<typeof bootMemory>[0] = {}): Promise<{ kernel: Memory; op: Sys }> => {
  const kernel = await bootMemory({ ports: () => ({ loader: createLoader({}) }), ...options });
  kernels.push(kernel);
  return { kernel, op: kernel.as('operator') };
};
afterEach(async () => {
  for (const kernel of kernels.splice(0)) await kernel.stop();
});

export const plan = async (op: Sys, source: string | Uint8Array) => must(await op.invoke('plan', { source }));
export const install = async (op: Sys, source: Uint8Array) =>
  must(await op.invoke('install', { digest: (await plan(op, source)).digest }));
export const activate = async (op: Sys, name: string) => must(await op.invoke('activate', { name }));
export const deactivate = async (op: Sys, name: string) => must(await op.invoke('deactivate', { name }));
export const text = async (op: Sys, path: string): Promise<string> => String(must(await op.read(path)).content);
export const record = async (op: Sys, name: string) =>
  JSON.parse(await text(op, `/system/programs/${name}.json`)) as InstalledProgram;
export const files = async (op: Sys, under: string): Promise<Stat[]> => {
  const listed = await op.list(under, { depth: 64, limit: 10_000 });
  return listed.ok ? listed.value.entries.filter((entry) => entry.kind === 'file') : [];
};
/** Every byte of a folder, as path → SHA-256. */
export const snapshot = async (op: Sys, under: string): Promise<Record<string, string>> => {
  const out: Record<string, string> = {};
  for (const { path } of await files(op, under))
    out[path] = hashHex(must(await op.read(path, { as: 'bytes' })).content);
  return out;
};

export const tide = tideBundle().zip;
export const ROLE = '/workspace/agents/tide-keeper/AGENT.md';
export const JOB = '/workspace/jobs/note-tides.md';
export const HOUSE = '/workspace/tides/AGENTS.md';
