/** DamageNotice: stands over every room while the journal is damaged or forked: what holds, and what to do now. */
import { Match, Switch } from 'solid-js';
import { createDamage } from '../client/damage.ts';
import { href } from '../client/route.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { plural } from '../ui/words.ts';

export function DamageNotice() {
  const damage = createDamage();
  const forks = () => damage.value()?.forks ?? 0;
  const copy = () => (
    <Button small icon="download" href={href({ room: 'settings', section: 'copy' })}>
      Save what is sound
    </Button>
  );
  return (
    <Switch>
      <Match when={damage.value()?.readonly}>
        {(readonly) => (
          <div class="pad">
            <Notice tone="fail" title="This workspace is open for reading only." actions={copy()}>
              {readonly().message} Save a copy of what is sound first; the pages and the search work as before.
            </Notice>
          </div>
        )}
      </Match>
      <Match when={forks() > 0}>
        <div class="pad">
          <Notice tone="wait" icon="fork" title="This device’s history goes on in two ways." actions={copy()}>
            In {plural(forks(), 'place')}. This happens when a browser profile was copied or put back from a backup.
            Both are kept, and you can go on working. Save a copy before you clear either profile.
          </Notice>
        </div>
      </Match>
    </Switch>
  );
}
