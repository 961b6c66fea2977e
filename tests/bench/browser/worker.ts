// The worker that everything is measured in. It knows the rows' tasks by name; what a task needs it loads itself, so that
// no contender pays for the code of another.
import { IN_WORKER } from '../rows/table.ts';

export type Order = { id: number; row: string; task: string; args: unknown };
export type Answer = { id: number; value: unknown } | { id: number; failed: string };

const run = async ({ row, task, args }: Order): Promise<unknown> => {
  const body = IN_WORKER.find(({ name }) => name === row)?.tasks[task];
  if (!body) throw new Error(`There is no task ${task} in row ${row}.`);
  return body(args as never);
};

const post = (answer: Answer | 'ready'): void => (self as unknown as Worker).postMessage(answer);

self.onmessage = ({ data }: MessageEvent<Order>) => {
  run(data).then(
    (value) => post({ id: data.id, value }),
    (cause: unknown) =>
      post({ id: data.id, failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }),
  );
};

post('ready');
