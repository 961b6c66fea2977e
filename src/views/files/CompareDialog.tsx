/**
 * CompareDialog: any two versions of a file against each other, as lines or side by side. Which two is chosen here; the
 * newer one stands at the right, whatever the order of choosing.
 */
import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { readActor } from '../../ui/actors.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Diffstat } from '../../ui/Diffstat.tsx';
import { Field } from '../../ui/Field.tsx';
import { Seg } from '../../ui/Seg.tsx';
import { Select } from '../../ui/Select.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { clockTime, shortDate } from '../../ui/words.ts';
import { ChangeWords } from './ChangeWords.tsx';
import type { RevisionGroup } from './revision-groups.ts';
import { SideBySide } from './SideBySide.tsx';
import { diffTexts, type Versions, type VersionText } from './versions.ts';

export interface CompareDialogProps {
  path: Path;
  /** Newest first. */
  groups: readonly RevisionGroup[];
  /** The version that was at hand; it starts against the newest, or the newest against the one before it. */
  from: RevisionGroup;
  versions: Versions;
  onClose: () => void;
}

type Pair = { older: VersionText; newer: VersionText };

export function CompareDialog(props: CompareDialogProps) {
  const newest = () => props.groups[0];
  const [a, setA] = createSignal((props.from === newest() ? props.groups[1] : props.from)?.id ?? '');
  const [b, setB] = createSignal(newest()?.id ?? '');
  const [view, setView] = createSignal<'lines' | 'sides'>('lines');
  const [pair, setPair] = createSignal<Pair>();
  const [failed, setFailed] = createSignal<string>();
  const indexOf = (id: string) => props.groups.findIndex((group) => group.id === id);
  /** Of the two the greater index is the older. */
  const chosen = createMemo(() => {
    const [first, second] = [indexOf(a()), indexOf(b())].toSorted((x, y) => y - x);
    return { older: props.groups[first ?? -1], newer: props.groups[second ?? -1] };
  });
  const options = () => {
    const now = Date.now();
    return props.groups.map(({ id, newest: { actor, at, message } }, index) => ({
      value: id,
      label: `${index === 0 ? 'Now: ' : ''}${shortDate(at, { now })} ${clockTime(at, { now })}, ${readActor(actor).name}: ${message.slice(0, 60)}`,
    }));
  };

  createEffect(
    on(
      () => [chosen().older?.id, chosen().newer?.id].join(' '),
      async (asked) => {
        setPair(undefined);
        setFailed(undefined);
        const { older, newer } = chosen();
        const [from, to] = await Promise.all([
          props.versions.textOf(older?.newest),
          props.versions.textOf(newer?.newest),
        ]);
        if (asked !== [chosen().older?.id, chosen().newer?.id].join(' ')) return;
        if (!from.ok) return setFailed(from.error.message);
        if (!to.ok) return setFailed(to.error.message);
        return setPair({ older: from.value, newer: to.value });
      },
    ),
  );
  const diff = createMemo(() => {
    const found = pair();
    return found && diffTexts(found.older, found.newer);
  });
  const counts = () => {
    const found = diff();
    return found && 'add' in found ? found : undefined;
  };
  const texts = () => {
    const found = pair();
    return found && 'text' in found.older && 'text' in found.newer
      ? { older: found.older.text, newer: found.newer.text }
      : undefined;
  };

  return (
    <Dialog open wide title={`Compare versions of ${nameOf(props.path)}`} onClose={() => props.onClose()}>
      <div class="compare-pick">
        <Field label="This version">
          <Select value={a()} onPick={setA} options={options()} />
        </Field>
        <Field label="against">
          <Select value={b()} onPick={setB} options={options()} />
        </Field>
      </div>
      <div class="row between">
        <Seg
          label="Show as"
          value={view()}
          onChange={setView}
          options={[
            { value: 'lines', label: 'Changed lines' },
            { value: 'sides', label: 'Side by side' },
          ]}
        />
        <Show when={counts()}>{(found) => <Diffstat add={found().add} del={found().del} />}</Show>
      </div>
      <Switch fallback={<Skeleton lines={[90, 70, 80]} label="Comparing" />}>
        <Match when={failed()}>
          {(message) => (
            <p class="fail-ink t13" role="alert">
              One of the two cannot be read: {message()}
            </p>
          )}
        </Match>
        <Match when={view() === 'sides' && texts()}>
          {(found) => <SideBySide path={props.path} older={found().older} newer={found().newer} />}
        </Match>
        <Match when={diff()}>{(found) => <ChangeWords diff={found()} label="What changed between the two" />}</Match>
      </Switch>
    </Dialog>
  );
}
