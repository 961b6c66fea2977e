/**
 * Change it first: the texts of a proposal that the operator may edit, and what the proposal becomes with them. Everything
 * else stays as it was asked, also the revision that a `put` binds to. Pure.
 */
import { isBash, isHttp, isMcp, isNotify, type Effect } from '../../../kernel/protocol/effects.ts';
import { err, ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';

export type Draft = { label: string; text: string };
export type Amended = { changes: Change[] } | { effect: Effect };

const textOf = (change: Change): Draft | undefined => {
  if (change.op === 'edit') return { label: `New text in ${change.path}`, text: change.new };
  if (change.op !== 'put' && change.op !== 'append') return undefined;
  if (typeof change.content !== 'string') return undefined;
  const what = change.op === 'put' ? 'Content of' : 'Text added to';
  return { label: `${what} ${change.path}`, text: change.content };
};

const withText = (change: Change, text: string): Change => {
  if (change.op === 'edit') return { ...change, new: text };
  return change.op === 'put' || change.op === 'append' ? { ...change, content: text } : change;
};

const draftOf = (effect: Effect): Draft | undefined => {
  if (isHttp(effect) && effect.method !== 'GET' && effect.method !== 'HEAD')
    return { label: `Body of ${effect.method} ${effect.url}`, text: effect.body ?? '' };
  if (isMcp(effect))
    return { label: `Arguments of ${effect.tool}, as JSON`, text: JSON.stringify(effect.arguments, null, 2) };
  if (isNotify(effect)) return { label: 'What you are told', text: effect.body };
  if (isBash(effect)) return { label: 'Script', text: effect.script };
  return undefined;
};

/** In the order of the changes; empty when there is no text in it to edit. */
export const draftsOf = ({ changes, effect }: Proposal): Draft[] => {
  const drafts = effect ? [draftOf(effect)] : (changes ?? []).map(textOf);
  return drafts.filter((draft): draft is Draft => draft !== undefined);
};

const argumentsIn = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

const amendedEffect = (effect: Effect, text: string): Result<Amended> => {
  if (isHttp(effect)) return ok({ effect: { ...effect, body: text } });
  if (isNotify(effect)) return ok({ effect: { ...effect, body: text } });
  if (isBash(effect))
    return text.trim() === ''
      ? err('EINVAL', 'The script is empty. Reject it instead.')
      : ok({ effect: { ...effect, script: text } });
  const args = argumentsIn(text);
  return args
    ? ok({ effect: { ...effect, arguments: args } })
    : err('EINVAL', 'The arguments are not a JSON object, such as {"harbour": "Kiel"}.');
};

/** `texts` in the order of `draftsOf`. */
export const amended = (proposal: Proposal, texts: readonly string[]): Result<Amended> => {
  const drafts = draftsOf(proposal);
  if (drafts.every(({ text }, at) => text === texts[at]))
    return err('EINVAL', 'Nothing is changed yet. Edit the text, or decide it as it is.');
  if (proposal.effect) return amendedEffect(proposal.effect, texts[0] ?? '');
  let at = 0;
  return ok({
    changes: (proposal.changes ?? []).map((change) => (textOf(change) ? withText(change, texts[at++] ?? '') : change)),
  });
};
