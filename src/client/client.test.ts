/** The client over a fake port: ids, hand-over, watches, documents; live data; the live replica. */
import { createRoot, createSignal } from 'solid-js';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { FromKernel, KernelState, ToKernel } from '../../kernel/protocol/wire.ts';
import { createClient, type Port } from './client.ts';
import { openReplica } from './replica.ts';

type CallFrame = Extract<ToKernel, { t: 'call' }>;

const READY = (epoch: number): KernelState => ({ state: 'ready', epoch, leader: true });

const fakePort = () => {
  const sent: ToKernel[] = [];
  let listener: (event: { data: FromKernel }) => void = () => undefined;
  const port: Port = {
    postMessage: (frame) => void sent.push(structuredClone(frame)),
    addEventListener: (_, given) => (listener = given),
  };
  const say = (frame: FromKernel): void => listener({ data: frame });
  const calls = (name?: string) =>
    sent.filter((frame): frame is CallFrame => frame.t === 'call' && (name === undefined || frame.name === name));
  const answer = (frame: CallFrame | undefined, value: unknown): void =>
    say({ t: 'result', id: frame?.id ?? '', result: { ok: true, value } });
  return { port, sent, say, calls, answer, state: (state: KernelState) => say({ t: 'state', state }) };
};

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('client', () => {
  test('says hello, holds calls until the kernel is ready, answers each by its id', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port, 'me');
    expect(kernel.sent).toEqual([{ t: 'hello', version: 1, client: 'me' }]);
    const first = client.stub.read('/workspace/a.md');
    const second = client.stub.list('/workspace');
    expect(kernel.calls()).toEqual([]);
    kernel.state(READY(1));
    expect(kernel.calls().map((frame) => frame.id)).toEqual(['me:1', 'me:2']);
    kernel.answer(kernel.calls()[1], { entries: [] });
    kernel.answer(kernel.calls()[0], { content: 'a', stat: {} });
    expect(await first).toMatchObject({ ok: true, value: { content: 'a' } });
    expect(await second).toMatchObject({ ok: true, value: { entries: [] } });
  });

  test('[A22] after a hand-over a call in flight is sent again under the same id, an answered one is not', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port, 'me');
    kernel.state(READY(1));
    const done = client.stub.read('/workspace/a.md');
    kernel.answer(kernel.calls()[0], { content: 'a', stat: {} });
    await done;
    const write = client.stub.write([{ op: 'mkdir', path: '/workspace/x' }], { message: 'a folder' });
    kernel.state({ state: 'starting' });
    kernel.state(READY(2));
    expect(kernel.calls().map((frame) => `${frame.id} ${frame.name}`)).toEqual([
      'me:1 read',
      'me:2 write',
      'me:2 write',
    ]);
    kernel.answer(kernel.calls()[1], { revisions: ['r1'] });
    kernel.answer(kernel.calls()[1], { revisions: ['r2'] });
    expect(await write).toEqual({ ok: true, value: { revisions: ['r1'] } });
  });

  test('a stopped kernel answers every call, waiting or new, with its reason', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port);
    const waiting = client.stub.read('/workspace/a.md');
    kernel.state({ state: 'stopped', reason: 'This browser keeps no files here.', code: 'EIO' });
    const error = { code: 'EIO', call: 'read', message: 'This browser keeps no files here.' };
    expect(await waiting).toEqual({ ok: false, error });
    expect(await client.stub.read('/workspace/b.md')).toEqual({ ok: false, error });
    expect(client.state()).toMatchObject({ state: 'stopped' });
  });

  test('a stopped kernel lets every watcher load, so that each can say why', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port);
    const heard: string[] = [];
    client.watch('/a', () => heard.push('early'));
    kernel.state({ state: 'stopped', reason: 'No storage.', code: 'EIO' });
    client.watch('/b', () => heard.push('late'));
    client.watch('/c', () => heard.push('gone'))();
    await settled();
    expect(heard).toEqual(['early', 'late']);
  });

  test('a bad argument is an error and not an exception', async () => {
    const kernel = fakePort();
    kernel.port.postMessage = (frame) => void structuredClone(frame);
    const client = createClient(kernel.port);
    kernel.state(READY(1));
    expect(await client.stub.call('read', { path: () => 'x' })).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
  });

  test('a watch says when it stands, gives events, stands again after a hand-over and ends when stopped', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port, 'me');
    const heard: unknown[] = [];
    const stop = client.watch('/workspace/**', (event) => heard.push(event === 'placed' ? event : event.path));
    expect(kernel.calls()).toEqual([]);
    kernel.state(READY(1));
    kernel.answer(kernel.calls('watch')[0], { watch: 7 });
    await settled();
    const event = { path: '/workspace/a.md', change: 'write', actor: 'operator', source: 'local' } as const;
    kernel.say({ t: 'event', watch: 7, event });
    kernel.say({ t: 'event', watch: 8, event });
    expect(heard).toEqual(['placed', '/workspace/a.md']);
    kernel.state(READY(2));
    kernel.say({ t: 'event', watch: 7, event });
    kernel.answer(kernel.calls('watch')[1], { watch: 1 });
    await settled();
    kernel.say({ t: 'event', watch: 1, event });
    expect(heard).toEqual(['placed', '/workspace/a.md', 'placed', '/workspace/a.md']);
    stop();
    expect(kernel.calls('unwatch').at(-1)?.args).toEqual({ watch: 1 });
    kernel.say({ t: 'event', watch: 1, event });
    expect(heard).toHaveLength(4);
  });

  test('a watch stopped while it is being placed is taken back in the kernel', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port);
    kernel.state(READY(1));
    const heard: unknown[] = [];
    client.watch('/workspace/**', (event) => heard.push(event))();
    kernel.answer(kernel.calls('watch')[0], { watch: 3 });
    await settled();
    expect(kernel.calls('unwatch')[0]?.args).toEqual({ watch: 3 });
    expect(heard).toEqual([]);
  });
});

describe('replica', () => {
  const kernelDoc = (text: string): Y.Doc => {
    const doc = new Y.Doc({ gc: false });
    doc.getText('t').insert(0, text);
    return doc;
  };

  test("[A5] typing reaches the kernel, others' changes reach the editor, and a hand-over loses neither", async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port);
    kernel.state(READY(1));
    const first = kernelDoc('one');
    const opening = openReplica(client, '/workspace/a.md');
    kernel.answer(kernel.calls('open')[0], {
      doc: 4,
      state: Y.encodeStateAsUpdate(first),
      stat: { path: '/workspace/a.md' },
    });
    const opened = await opening;
    if (!opened.ok) throw new Error('not opened');
    const replica = opened.value;
    expect(replica.text.toString()).toBe('one');

    replica.text.insert(3, ' two');
    const typed = kernel.sent.filter((frame) => frame.t === 'doc');
    expect(typed).toHaveLength(1);
    expect(typed[0]).toMatchObject({ doc: 4 });
    Y.applyUpdate(first, typed[0]!.update);

    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(first));
    other.getText('t').insert(0, 'zero ');
    const theirs = Y.encodeStateAsUpdate(other, Y.encodeStateVector(first));
    kernel.say({ t: 'doc', doc: 4, update: theirs });
    expect(replica.text.toString()).toBe('zero one two');
    expect(kernel.sent.filter((frame) => frame.t === 'doc')).toHaveLength(1);

    // The next leader never saw `zero`, nor what is typed while it takes over.
    kernel.state({ state: 'starting' });
    kernel.state(READY(2));
    replica.text.insert(replica.text.length, ' three');
    kernel.answer(kernel.calls('open')[1], { doc: 1, state: Y.encodeStateAsUpdate(first), stat: {} });
    await settled();
    const caught = kernel.sent.filter((frame) => frame.t === 'doc').at(-1);
    expect(caught).toMatchObject({ doc: 1 });
    if (caught?.t === 'doc') Y.applyUpdate(first, caught.update);
    expect(first.getText('t').toString()).toBe('zero one two three');
  });

  test('a kernel that will not open the file again is said, not hidden', async () => {
    const kernel = fakePort();
    const client = createClient(kernel.port);
    kernel.state(READY(1));
    const opening = openReplica(client, '/workspace/a.md');
    kernel.answer(kernel.calls('open')[0], { doc: 4, state: Y.encodeStateAsUpdate(kernelDoc('one')), stat: {} });
    const opened = await opening;
    kernel.state(READY(2));
    const again = kernel.calls('open')[1];
    kernel.say({
      t: 'result',
      id: again?.id ?? '',
      result: { ok: false, error: { code: 'ENOENT', call: 'open', message: 'gone' } },
    });
    await settled();
    expect(opened.ok && opened.value.lost()?.code).toBe('ENOENT');
  });
});

test('reactive build: this suite runs Solid with signals that notify', () => {
  createRoot((dispose) => {
    const [value, set] = createSignal(1);
    set(2);
    expect(value()).toBe(2);
    dispose();
  });
});
