/**
 * The cross-origin behaviour of the servers a browser may talk to, one mode each:
 *   anthropic  any origin, but only when the request announces direct browser access
 *   ollama     localhost origins and those configured; a fixed list of headers, which leaves out anthropic-version
 *   off        no CORS headers at all
 * A browser enforces this; Node's fetch does not, so tests of refusals need a real page.
 */
import type { ServerResponse } from 'node:http';

export type CorsMode = 'anthropic' | 'ollama' | 'off';
type Headers = Record<string, string>;

const browserHeader = 'anthropic-dangerous-direct-browser-access';

/** Ollama's allow-list, from its server/routes.go. */
export const ollamaHeaders = [
  'authorization',
  'content-type',
  'user-agent',
  'accept',
  'x-requested-with',
  'openai-beta',
  'x-stainless-arch',
  'x-stainless-async',
  'x-stainless-custom-poll-interval',
  'x-stainless-helper-method',
  'x-stainless-lang',
  'x-stainless-os',
  'x-stainless-package-version',
  'x-stainless-poll-helper',
  'x-stainless-retry-count',
  'x-stainless-runtime',
  'x-stainless-runtime-version',
  'x-stainless-timeout',
];

export function corsHeaders(mode: CorsMode, headers: Headers, origins: string[] = []): Headers {
  const origin = headers['origin'];
  if (!origin || mode === 'off') return {};
  if (mode === 'ollama')
    return allowed(origin, origins) ? { 'access-control-allow-origin': origin, vary: 'Origin' } : {};
  return { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'request-id, retry-after' };
}

export function refusedOrigin(mode: CorsMode, headers: Headers, origins: string[] = []): boolean {
  const origin = headers['origin'];
  return mode === 'ollama' && origin !== undefined && !allowed(origin, origins);
}

export function preflight(mode: CorsMode, headers: Headers, response: ServerResponse, origins: string[] = []): void {
  if (mode === 'off') return void response.writeHead(405).end();
  const asked = headers['access-control-request-headers'] ?? '';
  const announced = asked.split(',').some((name) => name.trim().toLowerCase() === browserHeader);
  if (mode === 'anthropic' && !announced) return void response.writeHead(204).end();
  response.writeHead(204, {
    ...corsHeaders(mode, headers, origins),
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS',
    'access-control-allow-headers': mode === 'ollama' ? ollamaHeaders.join(',') : asked,
    'access-control-max-age': '600',
  });
  response.end();
}

function allowed(origin: string, origins: string[]): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$/.test(origin) || origins.includes(origin);
}
