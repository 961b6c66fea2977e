/** Broken: a file of the operator's that cannot be read as what it should be: the parser's words, the place, the line. */
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Code } from '../../ui/Code.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { lineOf } from './roster.ts';

const AROUND = 2;

export function Broken(props: { title: string; file: Path; text: string; error: SysError; safe: string }) {
  const line = () => lineOf(props.error) ?? 1;
  const from = () => Math.max(1, line() - AROUND);
  const lines = () =>
    props.text
      .split('\n')
      .slice(from() - 1, line() + AROUND)
      .join('\n');
  return (
    <ErrorCard
      title={props.title}
      code={`${props.error.code} ${props.file}:${line()}`}
      safe={props.safe}
      place={
        props.text ? (
          <Code label={`${nameOf(props.file)}, around line ${line()}`} text={lines()} from={from()} bad={line()} />
        ) : undefined
      }
      actions={
        <Button small href={href({ room: 'files', path: props.file, line: line() })}>
          Open the line
        </Button>
      }
    >
      {props.error.message}
    </ErrorCard>
  );
}
