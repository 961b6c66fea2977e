/**
 * WhyLine: who wrote a line and why: author, message, the run it came from, what that run was asked, its model and its
 * cost. Facts only, each from a record; what is not on record is not shown.
 */
import { Show } from 'solid-js';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { money, relativeDay } from '../../ui/words.ts';
import { createRun, shortRun } from '../run-file.ts';
import type { LineAuthor } from './blame-lines.ts';

export interface WhyLineProps {
  path: string;
  line: number;
  author: LineAuthor | undefined;
  onClose: () => void;
}

const ASKED_CHARS = 240;

export function WhyLine(props: WhyLineProps) {
  const now = createNow(30_000);
  const stretch = () => props.author?.run;
  const run = createRun(() => stretch()?.run);
  const start = () => run.value()?.start;
  const asked = () => {
    const prompt = start()?.prompt;
    return prompt && prompt.length > ASKED_CHARS ? `${prompt.slice(0, ASKED_CHARS)}…` : prompt;
  };
  return (
    <section class="answer" aria-labelledby="why-line" aria-live="polite">
      <div class="row between">
        <h2 id="why-line" class="t14">
          Line {props.line} <Kbd>W</Kbd>
        </h2>
        <Button small variant="quiet" icon="x" label="Close these facts" onClick={() => props.onClose()} />
      </div>
      <Show
        when={stretch()}
        fallback={
          <p class="small muted mt-2">
            Nothing is on record for this line: it is empty, or it was typed just now. What you type is recorded a
            moment after you pause.
          </p>
        }
      >
        {(by) => (
          <div class="mt-2">
            <Facts
              facts={[
                {
                  term: 'Written by',
                  value: (
                    <>
                      <Actor actor={by().actor} />, {relativeDay(by().at, { now: now() })}
                    </>
                  ),
                },
                (props.author?.others.length ?? 0) > 0 && {
                  term: 'Partly by',
                  value: (
                    <span class="row row-wrap">
                      {props.author?.others.map((actor) => (
                        <Actor actor={actor} />
                      ))}
                    </span>
                  ),
                },
                { term: 'Said', value: by().message },
                by().run !== undefined && {
                  term: 'In',
                  value: (
                    <>
                      <a class="mono" href={href({ room: 'agents', run: by().run ?? '' })}>
                        run {shortRun(by().run ?? '')}
                      </a>
                      <Show when={start()?.job}>{(job) => <>, job {job().replace(/^.*\/|\.md$/g, '')}</>}</Show>
                    </>
                  ),
                },
                asked() !== undefined && { term: 'Asked', value: <q>{asked()}</q> },
                start()?.recorded !== undefined && { term: 'Recorded', value: 'The model’s answers were a recording.' },
                start()?.model !== undefined && { term: 'Model', value: start()?.model },
                run.value()?.end?.usd !== undefined &&
                  start()?.recorded === undefined && {
                    term: 'Cost',
                    value: `${money(run.value()?.end?.usd ?? 0, true)}, whole run`,
                  },
                {
                  term: 'Revision',
                  value: (
                    <a class="mono" href={href({ room: 'files', path: props.path, at: by().revision })}>
                      {by().revision}
                    </a>
                  ),
                },
              ]}
            />
          </div>
        )}
      </Show>
    </section>
  );
}
