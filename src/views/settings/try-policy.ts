/** "What would happen if": the question as `would` takes it, and its answer in plain words. Pure. */
import type { Args, Values } from '../../../kernel/protocol/syscalls.ts';
import { parsePath } from '../../../kernel/protocol/paths.ts';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';

export type What = 'read' | 'write' | 'notify' | 'bash' | 'outside';
export type Question = { agent: string; what: What; path: string };

export const WHATS: readonly { value: What; label: string }[] = [
  { value: 'write', label: 'wrote a file' },
  { value: 'read', label: 'read a file' },
  { value: 'bash', label: 'ran a bash line' },
  { value: 'notify', label: 'told you something' },
  { value: 'outside', label: 'sent something outside' },
];

export const asksPath = (what: What): boolean => what === 'read' || what === 'write';

/** `outside` stands for any kind of effect that the kernel does not know: it is taken as what cannot be undone. */
const EFFECTS = {
  notify: { kind: 'notify', title: 'A notice' },
  bash: { kind: 'bash', script: 'ls' },
  outside: { kind: 'outside' },
} as const;

export const argsOf = ({ agent, what, path }: Question): Result<Args<'would'>> => {
  const actor = `agent:${agent}` as const;
  if (what !== 'read' && what !== 'write') return ok({ actor, effect: EFFECTS[what] });
  const parsed = parsePath(path.trim());
  return parsed.ok ? ok({ actor, what, path: parsed.value }) : parsed;
};

const DOES: Record<What, (path: string) => string> = {
  write: (path) => `write ${path}`,
  read: (path) => `read ${path}`,
  bash: () => 'run a bash line',
  notify: () => 'tell you something',
  outside: () => 'send something outside',
};

const AFTER: Record<What, string> = {
  write: 'It is one revision in the file’s history, and you can take it back.',
  read: 'Reading waits for nobody.',
  bash: 'Each file that the line reads or writes is decided by itself, as if the agent did it.',
  notify: 'It is shown here and kept in the narrative.',
  outside: '',
};

export type Answer = { verdict: Values['would']['verdict']; title: string; words: string };

const INSTEAD = 'It may propose it to you instead.';

export const answerOf = (question: Question, { verdict, reason = '' }: Values['would']): Answer => {
  const act = DOES[question.what](question.path.trim());
  const { agent } = question;
  if (verdict === 'apply')
    return { verdict, title: 'It is done at once', words: `${agent} may ${act} alone. ${AFTER[question.what]}`.trim() };
  if (verdict === 'queue')
    return {
      verdict,
      title: 'It waits for you',
      words: `A proposal of ${agent} to ${act} stands in your Inbox. ${reason}`,
    };
  const proposing = question.what === 'write' && !/\bpropose\b/i.test(reason) && /\/workspace\b/.test(question.path);
  // The reason names the agent or the path by itself.
  return {
    verdict,
    title: 'It is refused',
    words: [reason || `${agent} may not ${act}.`, proposing ? INSTEAD : ''].filter(Boolean).join(' '),
  };
};
