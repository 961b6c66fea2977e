/** Kit, second sheet: the proposal in each of its states. */
import { createSignal } from 'solid-js';
import { Button } from './Button.tsx';
import { Deed } from './Deed.tsx';
import { Diff } from './Diff.tsx';
import { Diffstat } from './Diffstat.tsx';
import { Effect } from './Effect.tsx';
import { QueueItem } from './QueueItem.tsx';
import { Chip } from './Chip.tsx';

export function KitDeeds() {
  const [pending, setPending] = createSignal<'reject' | 'approve'>();
  return (
    <div class="stack gap-6 narrow">
      <Deed
        id="p1"
        state="open"
        chips={[
          { tone: 'wait', icon: 'clock', children: 'Expires 09:22, in 41 min' },
          { icon: 'ban', children: 'Cannot be undone' },
          { icon: 'globe', children: 'Leaves this device' },
        ]}
        title="Sell 20 HLDR at $61.40 or better"
        reason="HLDR is 8.4% of the account. The mandate caps one holding at 6%. Selling 20 brings it to 5.9%."
        by="agent:trader"
        exactlyHead="Exactly this is sent, once, from laptop"
        exactly={
          <Effect
            verb="POST https://api.broker.example/orders"
            fields={[
              ['symbol', 'HLDR'],
              ['side', 'sell'],
              ['quantity', '20'],
              ['key', 'BROKER_KEY, placed by the kernel'],
            ]}
          />
        }
        seal={{ hash: '9c41 7be2 04fd' }}
        value="$1,228.00"
        why={
          <>
            Orders always wait for you: your rule <a href="#rule">never_auto, line 1</a>
          </>
        }
        verdicts={[{ actor: 'agent:reviewer', verdict: 'approve', text: 'The cap is in mandate.md §3.' }]}
        sources={[
          { actor: 'operator', label: 'mandate.md', href: '#mandate', when: '2 Nov' },
          { actor: 'daemon:outcomes', label: 'positions.csv', href: '#positions', when: '08:15' },
          { actor: 'outside:data.broker.example', label: 'data.broker.example', when: '08:21' },
        ]}
        reject={{
          label: 'Reject',
          consequence: 'Nothing is sent. trader is told.',
          onDecide: () => setPending('reject'),
        }}
        approve={{
          label: 'Approve and sell',
          consequence: 'Sent once. Cannot be taken back.',
          onDecide: () => setPending('approve'),
        }}
        pending={pending()}
        aside={<a href="#ask">Ask trader about this</a>}
        foot={{
          actor: 'agent:trader',
          items: ['08:22', <a href="#run">run 81c0</a>, 'alpha-trader'],
          end: '$0.06 so far',
        }}
      />
      <Deed
        state="open"
        wide
        chips={[
          { icon: 'clock', children: 'Expires tomorrow 05:50' },
          { icon: 'undo', children: 'Can be undone' },
          { icon: 'files', children: 'Stays in the workspace' },
        ]}
        title="Start morning-brief half an hour earlier"
        reason="On 9 of the last 10 days you opened the briefing before 07:05."
        by="agent:analyst"
        exactlyHead={
          <>
            Exactly this changes: <span class="path">/workspace/jobs/morning-brief.md</span>{' '}
            <Diffstat add={2} del={1} />
          </>
        }
        exactly={
          <Effect>
            <Diff
              label="Changes to morning-brief.md"
              hunks={[
                {
                  lines: [
                    { kind: 'same', no: 1, text: '---' },
                    { kind: 'del', no: 2, text: 'schedule: "0 7 * * *"', words: [[11, 14]] },
                    { kind: 'add', no: 2, text: 'schedule: "30 6 * * *"', words: [[11, 15]] },
                    { kind: 'same', no: 3, text: 'tz: Europe/Berlin' },
                    { kind: 'add', no: 6, text: 'budget: { usd: 0.20 }' },
                  ],
                },
              ]}
            />
          </Effect>
        }
        seal={{
          hash: 'b07d 11a9 e35c',
          text: 'Base: your version of 2 Nov. If it changes first, this proposal is void.',
        }}
        verdicts={[
          { actor: 'agent:reviewer', verdict: 'approve, with a note', text: 'The new line caps a run at $0.20.' },
        ]}
        reject={{ label: 'Reject', consequence: 'The file stays as you wrote it.', onDecide: () => undefined }}
        approve={{
          label: 'Approve and write 1 file',
          consequence: 'Next run: tomorrow 06:30.',
          onDecide: () => undefined,
        }}
        pending="approve"
        foot={{ actor: 'agent:analyst', items: ['05:50', '4 files read'], end: '$0.03' }}
      />
      <Deed
        state="unknown"
        chips={[
          { tone: 'unknown', icon: 'unknown', children: 'Unknown' },
          { icon: 'globe', children: 'Leaves this device' },
        ]}
        title="Refund $24.00 for order 1179: we do not know if it went through"
        note="laptop sent it yesterday at 17:03 and lost the connection before the shop answered. It will not be sent again by itself."
        sawHead="Look in the shop, then record what you saw"
        onSaw={() => undefined}
        foot={{ actor: 'agent:writer', items: ['below your ceiling'], end: '$0.02' }}
      />
      <Deed
        state="spent"
        chips={[{ tone: 'over', icon: 'clock', children: 'Expired 06:10' }]}
        title="Reply to Fjord Textiles about the March order"
        note="Nobody decided within 6 hours, so nothing was sent."
        actions={<Button small>Ask writer to propose again</Button>}
        foot={{ actor: 'agent:writer', items: ['00:10', 'closed by expiry'], end: '$0.02' }}
      />
      <div class="card">
        <QueueItem
          href="#p1"
          actor="agent:trader"
          title="Sell 20 HLDR"
          value="$1,228.00"
          sub="trader, cannot be undone"
          end="41 min"
          urgent
          current
        />
        <QueueItem
          href="#p4"
          actor="agent:writer"
          title="Refund order 1179"
          value="$24.00"
          sub="Sent once, no answer"
          end={
            <Chip tone="unknown" icon="unknown">
              Unknown
            </Chip>
          }
        />
        <QueueItem
          href="#p5"
          actor="agent:writer"
          title="Change 3 prices"
          value={<Diffstat add={2} del={1} />}
          sub="you approved, 07:40"
          past
          end={
            <Chip tone="quiet" icon="check">
              Done
            </Chip>
          }
        />
      </div>
    </div>
  );
}
