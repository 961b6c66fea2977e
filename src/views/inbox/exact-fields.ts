/**
 * An effect as it will be carried out: a line, its fields in order, and its long texts. Every field stands somewhere; one
 * that is not known here is shown as JSON. What would be drawn as something else, or not at all, is written out. Pure.
 */
import { isBash, isHttp, isMcp, isMcpTools, type Effect, type HttpEffect } from '../../../kernel/protocol/effects.ts';

export type Exact = {
  verb: string;
  fields: (readonly [name: string, value: string])[];
  /** Texts shown whole, line by line. */
  texts: { label: string; text: string }[];
};

// Direction marks, joiners and controls: with them a text can look like another.
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export const visible = (text: string): string =>
  text.replace(UNSEEN, (one) => `‹U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);

const words = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

const rest = (effect: Effect, shown: readonly string[]): Exact['fields'] =>
  Object.entries(effect)
    .filter(([name, value]) => name !== 'kind' && !shown.includes(name) && value !== undefined && value !== '')
    .map(([name, value]) => [name, words(value)] as const);

const secretField = ({ secret }: HttpEffect): Exact['fields'] => {
  if (!secret) return [];
  const place =
    secret.query === undefined
      ? `in the header ${secret.header ?? 'authorization'}`
      : `in the address, as the parameter ${secret.query}`;
  const after = secret.prefix ? `, after ${JSON.stringify(secret.prefix)}` : '';
  return [['secret', `${secret.name}, ${place}${after}. The kernel puts it in; no agent sees it.`]];
};

const read = (effect: Effect): Exact => {
  if (isHttp(effect)) {
    const headers = Object.entries(effect.headers ?? {});
    return {
      verb: `${effect.method} ${effect.url}`,
      fields: [
        ...headers.map(([name, value]) => [`header ${name}`, value] as const),
        ...secretField(effect),
        ...rest(effect, ['method', 'url', 'headers', 'body', 'secret', 'value']),
        ...(effect.body ? [] : [['body', 'none'] as const]),
      ],
      texts: effect.body ? [{ label: 'Body', text: effect.body }] : [],
    };
  }
  if (isMcp(effect))
    return {
      verb: `Call ${effect.tool}`,
      fields: [
        ['server', effect.server],
        ['tool', effect.tool],
        ...rest(effect, ['server', 'tool', 'arguments', 'value']),
      ],
      texts: [{ label: 'Arguments', text: words(effect.arguments) }],
    };
  if (isMcpTools(effect))
    return {
      verb: effect.approve === undefined ? 'Ask what tools it offers' : 'Approve its tools for agents',
      fields: [
        ['server', effect.server],
        ...(effect.approve === undefined ? [] : [['offer', effect.approve] as const]),
        ...rest(effect, ['server', 'approve']),
      ],
      texts: [],
    };
  if (isBash(effect))
    return { verb: 'bash', fields: rest(effect, ['script']), texts: [{ label: 'Script', text: effect.script }] };
  return { verb: effect.kind, fields: rest(effect, []), texts: [] };
};

export const exactOf = (effect: Effect): Exact => {
  const { verb, fields, texts } = read(effect);
  return {
    verb: visible(verb),
    fields: fields.map(([name, value]) => [visible(name), visible(value)] as const),
    texts: texts.map(({ label, text }) => ({ label, text: visible(text) })),
  };
};

/** What it costs or moves, in USD, when whoever asked has said so. */
export const valueOf = (effect: Effect | undefined): number | undefined =>
  effect && (isHttp(effect) || isMcp(effect)) ? effect.value?.usd : undefined;
