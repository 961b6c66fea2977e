/**
 * Places outside, and the patterns that name them: the address of an effect, a line of `egress`, a grant, a rule of
 * `never_auto`. One strict reading for all of them, because they decide what may leave the device.
 *
 *   place    https://api.example.com          everything at that origin
 *            https://api.example.com/v1/**    a path pattern (see glob.ts); the origin is exact, the query is free
 *   grant    http GET <place> [as <class>] [with <SECRET>]     `http` may be left out
 *            mcp <server> <tool pattern> [as <class>]
 *
 * What allows is read narrowly, what stops is read widely (`stops`).
 */
import { EFFECT_CLASSES, isHttp, isMcp, type Effect, type EffectClass } from './effects.ts';
import { err, ok, type Result } from './errors.ts';
import { matcher } from './glob.ts';

export type Address = { href: string; origin: string; path: string };
type Place = { origin: string; path?: string };
export type EffectGrant = (
  | { kind: 'http'; method: string; place: Place }
  | { kind: 'mcp'; server: string; tool: string }
) & {
  class?: EffectClass;
  secret?: string;
};

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const METHOD = /^(?:\*|[A-Z]+)$/;
const SECRET = /^[A-Z][A-Z0-9_]{0,63}$/;

/** A server may decode a path once more than we do, so what would then read otherwise has no meaning here. */
const plainSegment = (segment: string): string | undefined => {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    return undefined;
  }
  const name = text.split(';', 1)[0];
  // oxlint-disable-next-line no-control-regex
  return /[/\\\u0000-\u001f]|%[0-9a-f]{2}/i.test(text) || name === '.' || name === '..' ? undefined : text;
};

/** An address an effect may name: https (http only on this device), nobody's name in it, a path that reads one way. */
export const parseAddress = (text: string): Result<Address> => {
  if (!URL.canParse(text)) return err('EINVAL', 'Write a full address, for example https://api.example.com/v1/items');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    return err('EINVAL', 'An address outside begins with https:// (http:// only on this device).');
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(text))
    return err('EINVAL', 'An address holds no user name or password: keep it as a secret.');
  const segments = url.pathname.split('/').map(plainSegment);
  if (segments.includes(undefined))
    return err(
      'EINVAL',
      'The path of this address can be read in more than one way (an encoded slash, dot or percent).',
    );
  return ok({ href: url.href.replace(/#.*$/, ''), origin: url.origin, path: segments.join('/') });
};

const parsePlace = (text: string): Place | undefined => {
  const [, start = '', path = ''] = /^(https?:\/\/[^/?#@*{}\s]+)(\/[^?#\s]*)?$/.exec(text) ?? [];
  const address = start === '' ? undefined : parseAddress(start);
  return address?.ok ? { origin: address.value.origin, ...(path === '' ? {} : { path }) } : undefined;
};

const isAt = ({ origin, path }: Address, place: Place): boolean =>
  origin === place.origin && (place.path === undefined || matcher(place.path)(path));

const isClass = (text: string): text is EffectClass => (EFFECT_CLASSES as readonly string[]).includes(text);

/** A grant, or undefined when it says anything that is not understood: then it grants nothing. */
export const parseGrant = (text: string): EffectGrant | undefined => {
  const words = text.trim().split(/\s+/);
  if (METHOD.test(words[0] ?? '')) words.unshift('http');
  const [kind, first = '', second = '', ...rest] = words;
  const more: { class?: EffectClass; secret?: string } = {};
  for (let i = 0; i < rest.length; i += 2) {
    const [key, value = ''] = rest.slice(i, i + 2);
    if (key === 'as' && isClass(value)) more.class = value;
    else if (key === 'with' && SECRET.test(value)) more.secret = value;
    else return undefined;
  }
  const place = kind === 'http' && METHOD.test(first) ? parsePlace(second) : undefined;
  if (place) return { kind: 'http', method: first, place, ...more };
  if (kind === 'mcp' && first !== '' && second !== '') return { kind: 'mcp', server: first, tool: second, ...more };
  return undefined;
};

/** A power of a program as a grant: a server that it names is its own, `<program>/<server>`, and never another's. */
export const powerOf = (program: string, power: string): string[] => {
  const grant = parseGrant(power);
  if (grant?.kind !== 'mcp') return [power];
  const [, , ...rest] = power.trim().split(/\s+/);
  return grant.server.includes('/') ? [] : [`mcp ${program}/${grant.server} ${rest.join(' ')}`];
};

const fits = (effect: Effect, grant: EffectGrant): boolean => {
  if (isHttp(effect) && grant.kind === 'http') {
    const address = parseAddress(effect.url);
    const method = grant.method === '*' || grant.method === effect.method;
    return method && address.ok && isAt(address.value, grant.place);
  }
  if (isMcp(effect) && grant.kind === 'mcp') return effect.server === grant.server && matcher(grant.tool)(effect.tool);
  return false;
};

/** The grants that cover an effect. One that names another secret than the effect asks for does not. */
export const grantsFor = (effect: Effect, grants: readonly string[]): EffectGrant[] =>
  grants
    .map(parseGrant)
    .filter((grant) => grant !== undefined)
    .filter((grant) => fits(effect, grant))
    .filter((grant) => !isHttp(effect) || !effect.secret || effect.secret.name === grant.secret);

/** Is an address on the list of places the operator lets anything go to? */
export const isOnEgress = (address: Address, egress: readonly string[]): boolean =>
  egress.some((line) => {
    const place = parsePlace(line.trim());
    return place !== undefined && isAt(address, place);
  });

/** The rule of never_auto that names an effect, if any; `http * https://…`, `mcp <server> <tool>`, or a kind alone. */
export const stops = (effect: Effect, rules: readonly string[]): string | undefined =>
  rules.find((rule) => {
    const words = rule.trim().split(/\s+/);
    if (words.length === 1) return words[0] === effect.kind;
    const grant = words[0] === 'http' || words[0] === 'mcp' ? parseGrant(rule) : undefined;
    if (!grant || !isHttp(effect) || grant.kind !== 'http') return grant !== undefined && fits(effect, grant);
    const address = parseAddress(effect.url);
    if (!address.ok) return true;
    // Servers often take these for the same path, so a rule that stops one stops the other.
    const wide = address.value.path
      .replace(/\/+/g, '/')
      .replace(/(.)\/$/, '$1')
      .toLowerCase();
    const { origin, path } = grant.place;
    const place = { origin, ...(path ? { path: path.replace(/(.)\/$/, '$1').toLowerCase() } : {}) };
    const method = grant.method === '*' || grant.method === effect.method;
    return method && (fits(effect, grant) || isAt({ ...address.value, path: wide }, place));
  });
