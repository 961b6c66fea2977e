/**
 * Search: every word in every file, and in what files said before. The address holds the question, so it can be kept
 * and sent on; the arrow keys go from the line into what was found, Enter opens it.
 */
import './search.css';
import { createEffect, createMemo, createSignal, Match, on, onMount, Show, Switch } from 'solid-js';
import { useClient } from '../../client/context.ts';
import { go, href, type SearchAsked } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { count, plural } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import type { RowsHandle } from '../VirtualRows.tsx';
import { HitList } from './HitList.tsx';
import { argsOf, widerOf } from './question.ts';
import { createSearching } from './searching.ts';
import { SearchForm } from './SearchForm.tsx';

/** While one types, the question is asked when the hand rests. */
const REST_MS = 250;

export function Search(props: { asked: SearchAsked }) {
  const client = useClient();
  const searching = createSearching(client.stub);
  const [list, setList] = createSignal<RowsHandle>();
  const asked = createMemo(() => props.asked, undefined, { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  let room!: HTMLDivElement;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = (next: SearchAsked): void => {
    clearTimeout(timer);
    go({ room: 'search', ...next }, { replace: true });
  };
  const askSoon = (next: SearchAsked): void => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(next), REST_MS);
  };
  createEffect(on(asked, (now) => void searching.ask(argsOf(now))));
  const toLine = () => room.querySelector<HTMLInputElement>('input')?.focus();
  onMount(() => queueMicrotask(toLine));

  const found = () => {
    const answer = searching.answer();
    return answer && answer.hits.length > 0 ? answer : undefined;
  };
  const words = () => {
    const answer = found();
    if (!answer) return '';
    const what = plural(answer.total, asked().past ? 'version' : 'file');
    return answer.total > answer.hits.length ? `${what}; the first ${count(answer.hits.length)} are shown` : what;
  };

  return (
    <Room
      title="Search"
      sub="What files say, and what they said before"
      actions={
        <Button small variant="quiet" icon="back" href={href({ room: 'files' })}>
          Files
        </Button>
      }
    >
      <div class="narrow stack" ref={(el) => (room = el)}>
        <SearchForm
          asked={asked()}
          onAsk={ask}
          onType={askSoon}
          onAgain={() => void searching.ask(argsOf(asked()))}
          onDown={() => list()?.focusFirst()}
        />
        <p class="small faint" role="status">
          {searching.busy() ? '' : words()}
        </p>
        <Show when={searching.busy()}>
          <Progress small label="Searching" onStop={searching.stop}>
            {found() ? 'Searching. What was found before is below.' : 'Searching.'}
          </Progress>
        </Show>
        <h2 class="vh">What was found</h2>
        <Switch>
          <Match when={searching.error()}>
            {(error) => (
              <ErrorCard
                title={
                  asked().mode === 'regex' && error().code === 'EINVAL'
                    ? 'This is not a regular expression'
                    : 'This could not be searched'
                }
                code={error().code}
                safe={
                  asked().mode === 'regex'
                    ? 'Patterns are in RE2’s notation: no look-around and no back-references, so that each search ends.'
                    : undefined
                }
                actions={
                  asked().mode === 'regex' ? (
                    <Button small onClick={() => ask({ ...asked(), mode: 'exact' })}>
                      Search for exactly these signs
                    </Button>
                  ) : undefined
                }
              >
                {error().message}
              </ErrorCard>
            )}
          </Match>
          <Match when={found()}>{(answer) => <HitList answer={answer()} onUp={toLine} ref={setList} />}</Match>
          <Match when={searching.stopped()}>
            <Empty
              title="The search was stopped"
              action={<Button onClick={() => void searching.ask(argsOf(asked()))}>Search again</Button>}
            >
              Nothing is shown, because nothing was answered yet.
            </Empty>
          </Match>
          <Match when={searching.answer()}>
            <Empty
              title={`Nothing was found for “${asked().query ?? ''}”`}
              action={
                <>
                  {widerOf(asked()).map((hint) => (
                    <Button small onClick={() => ask(hint.asked)}>
                      {hint.words}
                    </Button>
                  ))}
                </>
              }
            >
              {asked().mode === 'exact'
                ? 'An exact search minds every sign, and capital letters too.'
                : asked().mode === 'regex'
                  ? 'The pattern matches no line. It minds capital letters; (?i) before it does not.'
                  : 'A file must have every word, or a word that begins like it.'}{' '}
              To look further:
            </Empty>
          </Match>
          <Match when={!searching.busy()}>
            <Empty title="Nothing is asked yet">
              Write a word, or the beginning of one. Files that have all your words are listed, the best first, with who
              wrote them and when. With “also former versions” you find what was changed or removed since.
            </Empty>
          </Match>
        </Switch>
      </div>
    </Room>
  );
}
