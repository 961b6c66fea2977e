/** StorageCard: where all of it is kept, how much there is room for, and whether the browser promised to keep it. */
import { createSignal, Show } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { keepData } from '../../client/keep-data.ts';
import { createLive, fromJson } from '../../client/live.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { bytes, count, hashGroups, plural, relativeDay } from '../../ui/words.ts';

type Storage = { usage: number; quota: number; persisted: boolean };
type KernelFacts = {
  version: string;
  device: string;
  epoch: number;
  entries: number;
  files: number;
  folders: number;
  startedAt: string;
};

const fields = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const createKernelFacts = () => {
  const client = useClient();
  return createLive<KernelFacts>(
    () => ['/workspace/**', '/programs/**'],
    async (): Promise<Result<KernelFacts>> => {
      const read = await client.stub.read('/proc/kernel', { as: 'text' });
      if (!read.ok) return read;
      const found = fields(fromJson(read.value.content));
      return ok({
        version: text(found['version']),
        device: text(found['device']),
        epoch: number(found['epoch']),
        entries: number(found['entries']),
        files: number(found['files']),
        folders: number(found['folders']),
        startedAt: text(found['startedAt']),
      });
    },
  );
};

export function StorageCard() {
  const client = useClient();
  const desk = useDesk();
  const kernel = createKernelFacts();
  const [asking, setAsking] = createSignal(false);
  const [checking, setChecking] = createSignal(false);
  const [checked, setChecked] = createSignal<{ words: string; fault: boolean }>();
  const storage = createLive<Storage>(
    () => '/workspace/**',
    async (): Promise<Result<Storage>> => {
      const read = await client.stub.read('/proc/storage', { as: 'text' });
      if (!read.ok) return read;
      const found = fields(fromJson(read.value.content));
      return ok({
        usage: number(found['usage']),
        quota: number(found['quota']),
        persisted: found['persisted'] === true,
      });
    },
  );

  /** Every entry against its hash and the one before it. */
  const check = async () => {
    setChecking(true);
    const found = await client.call('verify', {});
    setChecking(false);
    if (!found.ok) return setChecked({ words: `Not checked: ${found.error.message}`, fault: true });
    const { entries, fault } = found.value;
    return setChecked(
      fault
        ? {
            words: `${plural(entries, 'entry', 'entries')} are sound, up to entry ${fault.seq}: ${fault.message}`,
            fault: true,
          }
        : { words: `All ${plural(entries, 'entry', 'entries')} are sound.`, fault: false },
    );
  };
  const persist = async () => {
    setAsking(true);
    const agreed = await keepData(client);
    setAsking(false);
    storage.reload();
    desk.say(
      agreed
        ? 'The browser promised to keep it.'
        : 'The browser did not promise it. Install the app or bookmark this page, then ask again.',
    );
  };

  return (
    <Card
      title="Where it is kept"
      actions={
        <Show when={storage.value()}>
          {(value) => (
            <Chip tone={value().persisted ? 'mine' : 'wait'} icon={value().persisted ? 'lock' : 'clock'}>
              {value().persisted ? 'Kept by the browser' : 'Not promised'}
            </Chip>
          )}
        </Show>
      }
    >
      <Show when={storage.value()} fallback={<Skeleton label="Asking the browser" />}>
        {(value) => (
          <div class="stack-s">
            <div class="row between t13">
              <span>{bytes(value().usage)} used</span>
              <span class="faint">of {bytes(value().quota)} this browser allows</span>
            </div>
            <Meter
              label="Storage"
              value={value().usage}
              max={value().quota}
              text={`${bytes(value().usage)} of ${bytes(value().quota)}`}
            />
            <Show when={kernel.value()}>
              {(facts) => (
                <Facts
                  facts={[
                    { term: 'Journal', value: plural(facts().entries, 'entry', 'entries') },
                    {
                      term: 'Holds',
                      value: `${plural(facts().files, 'file')} in ${plural(facts().folders, 'folder')}`,
                    },
                    { term: 'This device', value: <code title={facts().device}>{hashGroups(facts().device)}</code> },
                    {
                      term: 'Kernel',
                      value: `runs since ${relativeDay(facts().startedAt, { now: Date.now() })}, start ${count(facts().epoch)}`,
                    },
                  ]}
                />
              )}
            </Show>
            <p class="hint">
              {value().persisted
                ? 'The browser promised not to clear this by itself. You still can, in its settings: then all of it is gone.'
                : 'It lies in this browser, on this device, and nowhere else. When the disk runs full the browser may clear it, unless it promised not to.'}
            </p>
            <div class="btn-row">
              <Show when={!value().persisted}>
                <Button icon="lock" busy={asking()} onClick={() => void persist()}>
                  Ask the browser to keep it
                </Button>
              </Show>
              <Button icon="check" variant="quiet" busy={checking()} onClick={() => void check()}>
                Check the journal
              </Button>
            </div>
            <p class="small" classList={{ 'fail-ink': checked()?.fault === true }} role="status">
              {checked()?.words}
            </p>
          </div>
        )}
      </Show>
    </Card>
  );
}
