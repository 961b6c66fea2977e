/**
 * Providers by the name that policy gives them. A recording is not in it: it is chosen by the order, never by policy.
 */
import { createAnthropic, type AnthropicOptions } from './anthropic.ts';
import type { Provider } from './provider.ts';

export type ProviderFactory = (options: AnthropicOptions) => Provider;

export const PROVIDERS: Record<string, ProviderFactory> = { anthropic: createAnthropic };
