/**
 * Which model a run uses, from the operator's policy, and what a turn of it costs. A role may name an alias of the
 * policy, or a model's own id.
 */
import { POLICY } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { parsePolicy, type Model } from '../protocol/formats/policy.ts';
import { parsePrices, PRICES } from '../protocol/formats/prices.ts';
import type { Usage } from '../protocol/formats/records.ts';
import { costOf as nanoCostOf, usdOf } from '../protocol/money.ts';
import type { Sys } from '../protocol/sys.ts';

const ANTHROPIC = 'https://api.anthropic.com';

export type Choice = { model: Model } | { none: string };

const NOT_SET = `No model is set. Choose one in Settings, or write models.default (base_url, model, secret) in ${POLICY}.`;

export const chooseModel = (models: Record<string, Model>, wanted: string | undefined): Choice => {
  const usual = models['default'];
  if (wanted === undefined || wanted === 'default') return usual ? { model: usual } : { none: NOT_SET };
  const named = models[wanted] ?? Object.values(models).find(({ model }) => model === wanted);
  if (named) return { model: named };
  if (!usual) return { none: `${NOT_SET} The role asks for "${wanted}".` };
  // A program's role names a model of its author's. Where the operator reaches that provider, it is used; a local or
  // another server does not know it, and the operator's own choice stands.
  if (new URL(usual.base_url).origin !== ANTHROPIC || !wanted.startsWith('claude-')) return { model: usual };
  // The price in the entry is that of its own model.
  const { price: _price, ...reach } = usual;
  return { model: { ...reach, model: wanted } };
};

export const modelFor = async (sys: Sys, wanted: string | undefined): Promise<Result<Choice>> => {
  const read = await sys.read(POLICY, { as: 'text' });
  if (!read.ok) return read.error.code === 'ENOENT' ? ok({ none: NOT_SET }) : read;
  const policy = parsePolicy(POLICY, String(read.value.content));
  if (!policy.ok)
    return err('EINVAL', `${policy.error.message} No model can be used until it is mended.`, { path: POLICY });
  return ok(chooseModel(policy.value.models, wanted));
};

/** The model with its price: the one beside it in policy, else the one in the price list. Without one, nothing is asked. */
export const priced = async (sys: Sys, model: Model): Promise<Result<Model>> => {
  if (model.price) return ok(model);
  const read = await sys.read(PRICES, { as: 'text' });
  const prices: ReturnType<typeof parsePrices> = read.ok ? parsePrices(PRICES, String(read.value.content)) : ok({});
  if (!prices.ok) return prices;
  const price = Object.hasOwn(prices.value, model.model) ? prices.value[model.model] : undefined;
  if (price) return ok({ ...model, price });
  return err(
    'EINVAL',
    `There is no price for ${model.model}, so it was not asked. Write what a million tokens cost below models: in ${PRICES}, for example "${model.model}: { input: 3, output: 15 }", or give the price in Settings. A model that costs nothing says 0.`,
    { path: PRICES },
  );
};

/** USD. */
export const costOf = (price: Model['price'], usage: Usage): number | undefined =>
  price && usdOf(nanoCostOf(price, usage));
