/** Kit, first sheet: marks, states, buttons, inputs, cards and the honest states. */
import { createSignal } from 'solid-js';
import { Actor } from './Actor.tsx';
import { Button } from './Button.tsx';
import { Card } from './Card.tsx';
import { Check } from './Check.tsx';
import { Chip } from './Chip.tsx';
import { ChipButton } from './ChipButton.tsx';
import { Code } from './Code.tsx';
import { DropZone } from './DropZone.tsx';
import { Empty } from './Empty.tsx';
import { ErrorCard } from './ErrorCard.tsx';
import { Face } from './Face.tsx';
import { Field } from './Field.tsx';
import { Input } from './Input.tsx';
import { Meter } from './Meter.tsx';
import { Notice } from './Notice.tsx';
import { Progress } from './Progress.tsx';
import { Seg } from './Seg.tsx';
import { Select } from './Select.tsx';
import { Skeleton } from './Skeleton.tsx';
import { Tabs } from './Tabs.tsx';
import { TextArea } from './TextArea.tsx';
import { Toggle } from './Toggle.tsx';

const ACTORS = ['operator', 'agent:analyst', 'program:alpha-trader', 'daemon:expiry', 'outside:acme.example'];

function Marks() {
  return (
    <>
      <div class="card pad row row-wrap gap-5">
        {ACTORS.map((actor) => (
          <Actor actor={actor} />
        ))}
        <Actor actor="agent:writer" badge />
        <span class="row">
          <Face actor="operator" initial="M" />
          <Face actor="agent:analyst" />
          <Face actor="program:commerce" />
        </span>
      </div>
      <div class="card pad row row-wrap">
        <Chip tone="live">Live 0:09</Chip>
        <Chip tone="wait" icon="clock">
          Waits, 41 min
        </Chip>
        <Chip tone="quiet" icon="check">
          Done
        </Chip>
        <Chip icon="dash">Skipped</Chip>
        <Chip tone="wait" icon="ring">
          Missed
        </Chip>
        <Chip tone="fail" icon="x">
          Failed
        </Chip>
        <Chip tone="unknown" icon="unknown">
          Unknown
        </Chip>
        <Chip tone="over" icon="clock">
          Expired
        </Chip>
        <Chip icon="offline">Offline</Chip>
        <Chip icon="sync">Stale, 08:12</Chip>
        <Chip tone="wait" icon="fork">
          Conflict
        </Chip>
        <Chip tone="mine" icon="lock">
          Kept
        </Chip>
      </div>
    </>
  );
}

function Controls() {
  const [pressed, setPressed] = createSignal(true);
  const [mode, setMode] = createSignal<'manual' | 'bounded'>('bounded');
  const [theme, setTheme] = createSignal<'system' | 'light' | 'dark'>('system');
  const [on, setOn] = createSignal(true);
  return (
    <div class="card pad stack gap-4">
      <div class="btn-row">
        <Button variant="primary">Approve</Button>
        <Button>Do it</Button>
        <Button variant="quiet">Later</Button>
        <Button variant="stop" icon="stop">
          Stop run
        </Button>
        <Button disabled>Needs a key</Button>
        <Button busy>Saving</Button>
        <Button variant="primary" busy>
          Sending
        </Button>
        <Button small>Small</Button>
        <Button variant="primary" kbd="Ctrl Enter">
          Send
        </Button>
        <Button icon="search" label="Search" />
        <Button small variant="quiet" icon="more" label="More" />
        <Button href="#link">Open</Button>
        <ChipButton>Ask this</ChipButton>
        <ChipButton pressed={pressed()} icon="check" onClick={() => setPressed(!pressed())}>
          Only mine
        </ChipButton>
      </div>
      <div class="cols-2">
        <Field label="Ceiling" hint="One cent more waits for you.">
          <Input value="$25.00" inputmode="decimal" />
        </Field>
        <Field label="Schedule" error="Hour 25 does not exist. Use 0 to 23.">
          <Input mono value="0 25 * * *" />
        </Field>
        <Field label="Provider">
          <Select
            value="local"
            options={[
              { value: 'anthropic', label: 'Anthropic' },
              { value: 'local', label: 'A model on this computer' },
            ]}
          />
        </Field>
        <Field label="Role" hint="The agent reads this before every run.">
          <TextArea value="Watch price and support hiring. Ignore the blog." />
        </Field>
        <fieldset class="stack-s">
          <legend class="label">Autonomy</legend>
          <Check
            kind="radio"
            name="auto"
            label="Manual"
            hint="Every change waits for you."
            checked={mode() === 'manual'}
            onChange={() => setMode('manual')}
          />
          <Check
            kind="radio"
            name="auto"
            label="Bounded"
            hint="Writes within grants; spends up to the ceiling; the rest waits."
            checked={mode() === 'bounded'}
            onChange={() => setMode('bounded')}
          />
        </fieldset>
        <div class="stack-s">
          <Toggle label="Single-key shortcuts" on={on()} onChange={setOn} />
          <Toggle label="Not on this device" on={false} onChange={() => undefined} disabled />
          <Seg
            label="Theme"
            value={theme()}
            onChange={setTheme}
            options={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </div>
      </div>
    </div>
  );
}

function States() {
  const [tab, setTab] = createSignal<'steps' | 'files'>('steps');
  return (
    <>
      <div class="cols-2">
        <Card title="Loading" foot={{ items: ['shown after 300 ms only'] }}>
          <Skeleton />
        </Card>
        <Card
          title="Stale"
          actions={<Chip icon="sync">from 08:12</Chip>}
          foot={{ actor: 'agent:analyst', items: [<a href="#run">run 5e2d</a>], end: '$0.02' }}
        >
          <p class="metric faint">4</p>
          <p class="small faint">acme.example did not answer. Last good answer shown.</p>
        </Card>
        <Empty title="No proposals" action={<Button small>See what may act alone</Button>}>
          Nothing waits for you. Agents may write within their grants; anything else appears here.
        </Empty>
        <ErrorCard
          title="This surface cannot be shown"
          place={
            <Code
              label="surfaces.yaml, lines 13 to 15"
              from={13}
              bad={14}
              text={'  panels:\n  - { widget: gauge, title: Risk }\n  - { widget: table }'}
            />
          }
          safe="Nothing else is affected."
          actions={<Button small>Fix in my own copy</Button>}
          code="EINVAL surfaces.yaml:14"
        >
          “gauge” is not a widget.
        </ErrorCard>
      </div>
      <Notice tone="offline" title="No network.">
        Files, search, bash and decisions work. 1 approved refund waits and is checked again before it is sent.
      </Notice>
      <Notice
        tone="wait"
        icon="fork"
        title="Line 20 was edited on two devices while apart."
        actions={<Button small>Open</Button>}
      >
        Both versions are kept below.
      </Notice>
      <Notice
        tone="fail"
        live="off"
        title="The shop answered 422: “weight is missing”."
        place={<a href="#f">run 79c3, step 4</a>}
      >
        Nothing was published.
      </Notice>
      <Notice title="Apart is fine.">Each device keeps working and spends only its own share.</Notice>
      <div class="card pad stack gap-4">
        <Progress label="Import" value={1640} max={3806} onStop={() => undefined}>
          1,640 of 3,806 entries checked, 4 s left
        </Progress>
        <Meter
          large
          label="Budget of November"
          value={11.82}
          held={0.17}
          max={30}
          text="$11.82 used, $0.17 reserved, of $30.00"
        />
        <Meter label="Nearly spent" value={28} max={30} text="$28.00 of $30.00" />
        <Meter label="Spent" value={31} max={30} text="$31.00 of $30.00" />
        <DropZone label="Choose a bundle" accept=".zip" onFiles={() => undefined}>
          Drop a .zip here to see its plan. Nothing is installed by looking.
        </DropZone>
      </div>
      <div class="card">
        <Tabs
          label="Run"
          current={tab()}
          onChange={setTab}
          tabs={[
            { id: 'steps', label: 'Steps' },
            { id: 'files', label: 'Files' },
          ]}
        >
          <p class="card-body t13 muted">{tab() === 'steps' ? '5 steps, 22,704 tokens, $0.050' : '1 file changed'}</p>
        </Tabs>
      </div>
    </>
  );
}

export function KitParts() {
  return (
    <div class="stack gap-4">
      <Marks />
      <Controls />
      <States />
    </div>
  );
}
