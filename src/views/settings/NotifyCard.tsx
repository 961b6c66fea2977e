/** NotifyCard: notifications of this browser while the page is hidden. It is the only place that asks for permission. */
import { createSignal, Match, Switch } from 'solid-js';
import { useDesk } from '../../client/context.ts';
import { allowed, ask, setWanted, wanted } from '../../client/notify.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Toggle } from '../../ui/Toggle.tsx';

export function NotifyCard() {
  const desk = useDesk();
  const [state, setState] = createSignal(allowed());
  const [on, setOn] = createSignal(wanted());
  const [asking, setAsking] = createSignal(false);
  const allow = async () => {
    setAsking(true);
    const answer = await ask();
    setAsking(false);
    setState(answer);
    setOn(wanted());
    if (answer === 'default') desk.say('The browser was not answered, so nothing changed.');
  };
  return (
    <Card title="Notifications">
      <div class="stack-s">
        <Switch>
          <Match when={state() === 'granted'}>
            <Toggle
              label="Tell me when a proposal waits or a run failed, while this page is hidden"
              on={on()}
              onChange={(next) => {
                setWanted(next);
                setOn(wanted());
              }}
            />
          </Match>
          <Match when={state() === 'default'}>
            <div class="btn-row">
              <Button busy={asking()} onClick={() => void allow()}>
                Allow notifications
              </Button>
            </div>
          </Match>
          <Match when={state() === 'denied'}>
            <p class="t13">
              This browser was told not to show any for this page. Change that at the left of its address bar, then come
              back here.
            </p>
          </Match>
          <Match when={state() === 'unsupported'}>
            <p class="t13">This browser shows none for this page.</p>
          </Match>
        </Switch>
        <p class="hint">
          They say who asks or failed, the title and the reason, wherever this system shows notifications. They come
          from this page itself, so only while one of its tabs is open. The tab’s title always says how much waits.
        </p>
      </div>
    </Card>
  );
}
