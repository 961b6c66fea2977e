/** SearchForm: the line, how it is meant, and the limits: where, by whom, when, and whether former versions count. */
import { createEffect, createSignal, on } from 'solid-js';
import { createList } from '../../client/live.ts';
import { createInstalled } from '../../client/records.ts';
import type { SearchAsked } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Check } from '../../ui/Check.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { Seg } from '../../ui/Seg.tsx';
import { Select } from '../../ui/Select.tsx';

export interface SearchFormProps {
  asked: SearchAsked;
  /** Ask this now. */
  onAsk: (asked: SearchAsked) => void;
  /** Ask this when the hand rests. */
  onType: (asked: SearchAsked) => void;
  /** Ask the same once more. */
  onAgain: () => void;
  /** Down from the line: into the results. */
  onDown: () => void;
}

export function SearchForm(props: SearchFormProps) {
  const [text, setText] = createSignal(props.asked.query ?? '');
  // The address was changed from outside: another search from the palette, or back.
  createEffect(
    on(
      () => props.asked.query,
      (query) => (query ?? '') !== text().trim() && setText(query ?? ''),
      { defer: true },
    ),
  );
  const folders = createList(() => '/workspace');
  const agents = createList(() => '/workspace/agents');
  const programs = createInstalled();

  const next = (change: Partial<Record<keyof SearchAsked, unknown>>): SearchAsked => {
    const merged = { ...props.asked, query: text(), ...change };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value)) as SearchAsked;
  };
  const actors = () => {
    const known = [
      'operator',
      ...(agents.value() ?? []).filter(({ kind }) => kind === 'dir').map(({ path }) => `agent:${lastOf(path)}`),
      ...(programs.value() ?? []).map(({ name }) => `program:${name}`),
    ];
    if (props.asked.actor && !known.includes(props.asked.actor)) known.push(props.asked.actor);
    return [{ value: '', label: 'Anyone' }, ...known.map((actor) => ({ value: actor, label: actorLabel(actor) }))];
  };
  const places = () => {
    const below = (folders.value() ?? []).filter(({ kind }) => kind === 'dir').map(({ path }) => path);
    const known = ['/workspace', ...below.toSorted(), '/programs', '/system'];
    const { under } = props.asked;
    if (under && under !== '/' && !known.includes(under)) known.push(under);
    return [
      ...known.map((path) => ({ value: path, label: path === '/workspace' ? 'Workspace' : path })),
      { value: '/', label: 'Everywhere' },
    ];
  };

  return (
    <form
      class="stack-s"
      role="search"
      aria-label="All files"
      onSubmit={(event) => {
        event.preventDefault();
        const now = next({});
        if (JSON.stringify(now) === JSON.stringify(next({ query: props.asked.query }))) props.onAgain();
        else props.onAsk(now);
      }}
    >
      <div class="input-row">
        <Input
          type="search"
          label="Search for"
          placeholder="Words in files"
          mono={props.asked.mode !== undefined}
          value={text()}
          onText={(query) => {
            setText(query);
            props.onType(next({ query }));
          }}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            props.onDown();
          }}
        />
        <Button type="submit" icon="search" variant="primary">
          Search
        </Button>
      </div>
      <div class="search-limits">
        <Seg
          label="Meant as"
          value={props.asked.mode ?? 'text'}
          onChange={(mode) => props.onAsk(next({ mode: mode === 'text' ? undefined : mode }))}
          options={[
            { value: 'text', label: 'Words' },
            { value: 'exact', label: 'Exact' },
            { value: 'regex', label: 'Regex', said: 'Regex: regular expression' },
          ]}
        />
        <Check
          label="Also former versions"
          checked={props.asked.past === true}
          onChange={(past) => props.onAsk(next({ past }))}
        />
      </div>
      <div class="search-fields">
        <Field label="Under">
          <Select
            value={props.asked.under ?? '/workspace'}
            onPick={(under) => props.onAsk(next({ under: under === '/workspace' ? undefined : under }))}
            options={places()}
          />
        </Field>
        <Field label="By">
          <Select value={props.asked.actor ?? ''} onPick={(actor) => props.onAsk(next({ actor }))} options={actors()} />
        </Field>
        <Field label="Since">
          <Input
            type="date"
            value={props.asked.since ?? ''}
            onChange={(event) => props.onAsk(next({ since: event.currentTarget.value }))}
          />
        </Field>
        <Field label="Until">
          <Input
            type="date"
            value={props.asked.until ?? ''}
            onChange={(event) => props.onAsk(next({ until: event.currentTarget.value }))}
          />
        </Field>
      </div>
    </form>
  );
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const actorLabel = (actor: string): string => {
  const { kind, name } = readActor(actor);
  return kind === 'operator' ? 'You' : `${kind === 'outside' ? 'outside' : kind} ${name}`;
};
