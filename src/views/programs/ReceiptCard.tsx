/** A receipt: what an installation, activation or deactivation did, and the proof of what it kept. */
import type { Receipt } from '../../../kernel/protocol/formats/records.ts';
import { href } from '../../client/route.ts';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { hashGroups, plural, relativeDay } from '../../ui/words.ts';

const DID = { install: 'installed', activate: 'activated', deactivate: 'deactivated' } as const;

const names = (paths: readonly string[]): string =>
  paths.map((path) => path.split('/').at(-1)?.replace(/\.md$/, '') ?? path).join(', ');

export function ReceiptCard(props: { receipt: Receipt }) {
  const receipt = () => props.receipt;
  const file = () => `/system/receipts/${receipt().id}.json`;
  return (
    <Card
      title={`${receipt().program} ${receipt().version} ${DID[receipt().act]}`}
      level={3}
      actions={<Chip tone="quiet">{relativeDay(receipt().at, { now: Date.now() })}</Chip>}
      foot={{
        actor: receipt().by,
        items: [
          <a class="mono" href={href({ room: 'files', path: file() })}>
            {file()}
          </a>,
        ],
      }}
    >
      <Facts
        facts={[
          receipt().added.length > 0 && { term: 'Added', value: plural(receipt().added.length, 'file') },
          receipt().stopped.length > 0 && {
            term: 'Stopped',
            value: `${plural(receipt().stopped.length, 'job')}: ${names(receipt().stopped)}`,
          },
          receipt().revoked.length > 0 && { term: 'Revoked', value: plural(receipt().revoked.length, 'right') },
          receipt().removed.length > 0 && { term: 'Removed', value: receipt().removed.join(', ') },
          receipt().kept.length > 0 && { term: 'Kept', value: <Kept receipt={receipt()} /> },
        ]}
      />
    </Card>
  );
}

function Kept(props: { receipt: Receipt }) {
  const equal = () => props.receipt.rootBefore !== undefined && props.receipt.rootBefore === props.receipt.rootAfter;
  return (
    <>
      <strong>
        {plural(props.receipt.kept.length, 'file')}
        {equal() ? ', every byte.' : '.'}
      </strong>{' '}
      {props.receipt.rootAfter && (
        <>
          Root {equal() ? 'before and after' : 'after'}: <code>{hashGroups(props.receipt.rootAfter)}</code>{' '}
          {equal() && (
            <Chip tone="quiet" icon="check">
              equal
            </Chip>
          )}
        </>
      )}
    </>
  );
}
