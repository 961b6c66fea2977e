/** Settings: the model, what agents may do alone, money, storage, looks, keys. An address may name one part of it. */
import './settings.css';
import { createEffect, on, type JSX } from 'solid-js';
import { Room } from '../Room.tsx';
import { CopyCard } from './CopyCard.tsx';
import { FolderSizesCard } from './FolderSizesCard.tsx';
import { GrantsCard } from './GrantsCard.tsx';
import { AboutCard, KeysCard, LookCard } from './LookCards.tsx';
import { ModelCard } from './ModelCard.tsx';
import { MoneyCard } from './MoneyCard.tsx';
import { NotifyCard } from './NotifyCard.tsx';
import { createPolicyFile } from './policy-file.ts';
import { StorageCard } from './StorageCard.tsx';
import { TryPolicyCard } from './TryPolicyCard.tsx';

export function Settings(props: { section?: string }) {
  const file = createPolicyFile();
  let room!: HTMLDivElement;

  createEffect(
    on(
      () => props.section,
      (section) => {
        const part =
          section === undefined ? null : room.querySelector<HTMLElement>(`#${CSS.escape(`settings-${section}`)}`);
        if (!part) return;
        part.scrollIntoView({ block: 'start' });
        part.focus({ preventScroll: true });
      },
    ),
  );

  return (
    <Room title="Settings" sub="What may act alone, what it may cost, where it is kept">
      <div class="cols-2 broad" ref={(el) => (room = el)}>
        <div class="stack">
          <Part name="models">
            <ModelCard file={file} />
          </Part>
          <Part name="grants">
            <GrantsCard file={file} />
          </Part>
          <Part name="try">
            <TryPolicyCard />
          </Part>
        </div>
        <div class="stack">
          <Part name="storage">
            <StorageCard />
          </Part>
          <Part name="folders">
            <FolderSizesCard />
          </Part>
          <Part name="copy">
            <CopyCard />
          </Part>
          <Part name="money">
            <MoneyCard />
          </Part>
          <Part name="notify">
            <NotifyCard />
          </Part>
          <Part name="look">
            <LookCard />
          </Part>
          <Part name="keys">
            <KeysCard />
          </Part>
          <Part name="about">
            <AboutCard />
          </Part>
        </div>
      </div>
    </Room>
  );
}

function Part(props: { name: string; children: JSX.Element }) {
  return (
    <div class="settings-part" id={`settings-${props.name}`} tabindex="-1">
      {props.children}
    </div>
  );
}
