// A CPU profile of the session's worker, taken through the browser's own protocol, and its samples traced back to the
// source file they come from. It says where time went, never how long something takes: sampling slows the worker down.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename } from 'node:path';
import type { Session } from './session.ts';

type Frame = { functionName: string; url: string; lineNumber: number; columnNumber: number };
type Node = { id: number; callFrame: Frame; children?: number[] };
export type CpuProfile = { nodes: Node[]; samples: number[]; timeDeltas: number[]; startTime: number; endTime: number };

const INTERVAL_US = 100;

/** Runs `body` while the worker is sampled. */
export const sampled = async (session: Session, body: () => Promise<unknown>): Promise<CpuProfile> => {
  const cdp = await session.context.newCDPSession(session.page);
  const waiting = new Map<number, (result: unknown) => void>();
  let ids = 0;
  const worker = new Promise<string>((resolve) =>
    cdp.once('Target.attachedToTarget', ({ sessionId }) => resolve(sessionId)),
  );
  cdp.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await worker;
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    const id = ++ids;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    await cdp.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) });
    return answer;
  };
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await ask('Profiler.start');
  await body();
  const { profile } = (await ask('Profiler.stop')) as { profile: CpuProfile };
  return profile;
};

export type Place = { file: string; name: string };
/** One distinct stack: where it ends, the frames from there up, and the microseconds spent in it. */
export type Stack = { frames: Place[]; us: number };

const traced = (folder: string): ((frame: Frame) => Place) => {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    const file = basename(url);
    if (!maps.has(file)) {
      try {
        maps.set(file, new SourceMap(JSON.parse(readFileSync(`${folder}/assets/${file}.map`, 'utf8'))));
      } catch {
        maps.set(file, undefined);
      }
    }
    return maps.get(file);
  };
  return ({ functionName, url, lineNumber, columnNumber }) => {
    const entry = url === '' ? undefined : mapOf(url)?.findEntry(lineNumber, columnNumber);
    const source = entry && 'originalSource' in entry ? String(entry.originalSource) : '';
    return {
      file: source.replace(/^(?:\.\.\/)+/, '').replace(/^.*node_modules\//, 'node_modules/'),
      name: functionName,
    };
  };
};

/** The profile's stacks; `folder` is where the built site lies with its source maps. */
export const stacksOf = (profile: CpuProfile, folder: string): Stack[] => {
  const trace = traced(folder);
  const parents = new Map<number, number>();
  const places = new Map<number, Place>();
  for (const node of profile.nodes) {
    places.set(node.id, trace(node.callFrame));
    for (const child of node.children ?? []) parents.set(child, node.id);
  }
  const us = new Map<number, number>();
  profile.samples.forEach((id, at) => us.set(id, (us.get(id) ?? 0) + (profile.timeDeltas[at] ?? 0)));
  return [...us].map(([id, spent]) => {
    const frames: Place[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const place = places.get(at);
      if (place) frames.push(place);
    }
    return { frames, us: spent };
  });
};
