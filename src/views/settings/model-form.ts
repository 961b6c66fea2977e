/** What is asked of the operator to reach a model, and whether it can be right. Pure. */
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import type { ModelEntry } from './edit-policy.ts';

export type PresetId = 'anthropic' | 'ollama' | 'lmstudio' | 'other';

export type Preset = {
  id: PresetId;
  label: string;
  address: string;
  /** A server on this computer: no key is needed, and it must let this page in. */
  local: boolean;
  /** How such a server is told to let this page in. `origin` is this page's. */
  letIn?: (origin: string) => string;
  modelHint: string;
};

export const PRESETS: readonly Preset[] = [
  {
    id: 'anthropic',
    label: 'Anthropic',
    address: 'https://api.anthropic.com',
    local: false,
    modelHint: 'As Anthropic writes it, for example claude-sonnet-5-5',
  },
  {
    id: 'ollama',
    label: 'Ollama, on this computer',
    address: 'http://localhost:11434',
    local: true,
    modelHint: 'As “ollama list” writes it',
    letIn: (origin) => `Ollama answers this page only when it was started with OLLAMA_ORIGINS=${origin}`,
  },
  {
    id: 'lmstudio',
    label: 'LM Studio, on this computer',
    address: 'http://localhost:1234',
    local: true,
    modelHint: 'As LM Studio’s list of models writes it',
    letIn: () => 'LM Studio answers this page only when “Enable CORS” is on in its server settings.',
  },
  {
    id: 'other',
    label: 'Another server with the Messages API',
    address: '',
    local: false,
    modelHint: 'As that server writes it',
  },
];

export const presetOf = (address: string): PresetId =>
  PRESETS.find((preset) => preset.address !== '' && preset.address === address.replace(/\/+$/, ''))?.id ?? 'other';

export type ModelForm = {
  preset: PresetId;
  address: string;
  model: string;
  /** Empty: the key that is kept stays as it is. */
  key: string;
  priceIn: string;
  priceOut: string;
};

export const emptyForm = (): ModelForm => ({
  preset: 'anthropic',
  address: PRESETS[0]?.address ?? '',
  model: '',
  key: '',
  priceIn: '',
  priceOut: '',
});

export const formOf = (policy: Policy | undefined): ModelForm => {
  const model = policy?.models['default'];
  if (!model) return emptyForm();
  const price = (usd: number | undefined): string => (usd === undefined ? '' : String(usd));
  return {
    preset: presetOf(model.base_url),
    address: model.base_url,
    model: model.model,
    key: '',
    priceIn: price(model.price?.input),
    priceOut: price(model.price?.output),
  };
};

export type Kept = { name: string; origins: readonly string[] } | undefined;

export const originOf = (address: string): string | undefined => {
  try {
    const { origin, protocol } = new URL(address.trim());
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
  } catch {
    return undefined;
  }
};

export type FormErrors = { address?: string; model?: string; key?: string; price?: string };

const priceOf = (text: string): number | undefined =>
  text.trim() === '' ? undefined : Number(text.trim().replace(',', '.'));

export const errorsOf = (form: ModelForm, kept: Kept): FormErrors => {
  const errors: FormErrors = {};
  const origin = originOf(form.address);
  if (!origin) errors.address = 'Write a full address, for example https://api.anthropic.com';
  else if (
    new URL(form.address).protocol === 'http:' &&
    !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(form.address).hostname)
  ) {
    errors.address = 'Only a server on this computer may be reached without https.';
  }
  if (form.model.trim() === '') errors.model = 'Write the model’s name.';
  const needed = form.preset === 'anthropic';
  if (needed && form.key.trim() === '' && !kept) errors.key = 'Anthropic answers nothing without a key.';
  else if (form.key.trim() === '' && kept && origin && !kept.origins.includes(origin)) {
    errors.key = `The key that is kept may be sent to ${kept.origins.join(', ')} only. Write the key for ${origin}, or remove the one that is kept.`;
  }
  const [input, output] = [priceOf(form.priceIn), priceOf(form.priceOut)];
  if ((input === undefined) !== (output === undefined)) errors.price = 'Give both prices, or none.';
  else if ([input, output].some((usd) => usd !== undefined && !(usd >= 0)))
    errors.price = 'A price is a number of dollars, for example 3 or 0.25.';
  return errors;
};

export const entryOf = (form: ModelForm, secret: string | undefined): ModelEntry => {
  // A model on this computer costs nothing; one elsewhere without a price is not asked.
  const free = PRESETS.some(({ id, local }) => id === form.preset && local) ? 0 : undefined;
  const [input = free, output = free] = [priceOf(form.priceIn), priceOf(form.priceOut)];
  return {
    // Every server here speaks the same Messages API; the address says which.
    provider: 'anthropic',
    base_url: form.address.trim().replace(/\/+$/, ''),
    model: form.model.trim(),
    ...(secret === undefined ? {} : { secret }),
    ...(input === undefined || output === undefined ? {} : { price: { input, output } }),
  };
};
