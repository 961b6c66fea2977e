/**
 * A model that could not be asked, in words that say what to do. Pure.
 */
import { POLICY } from '../../protocol/capability.ts';
import type { ErrorCode, SysError } from '../../protocol/errors.ts';
import type { Failure } from './anthropic-client.ts';

export type Asked = { origin: string; model: string; secret: string | undefined; app: string | undefined };

const said = (message: string): string => (message === '' ? '' : ` It said: ${message.slice(0, 500)}`);

export const isLocal = (origin: string): boolean =>
  /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[^/]+\.localhost)(:\d+)?$/i.test(origin);

const localHint = (app: string | undefined): string =>
  ` If it is Ollama: start it, and let it answer this page with OLLAMA_ORIGINS=${app ?? 'the address of this app'}; the browser may also ask whether this page may reach your own device.`;

export const unreachable = ({ origin, app }: Asked): string =>
  `${origin} could not be reached. Either nothing answers there, or it does not allow this page to ask it (CORS): a browser does not tell which.${isLocal(origin) ? localHint(app) : ''}`;

const statusWords = (status: number, message: string, { origin, model, secret }: Asked): [ErrorCode, string] => {
  if (status === 401) {
    return secret
      ? [
          'EACCES',
          `${origin} refused the key ${secret} (401). Put a working one in its place in Settings.${said(message)}`,
        ]
      : ['EACCES', `${origin} wants a key (401). Name one as secret of this model in ${POLICY}.${said(message)}`];
  }
  if (status === 402) return ['EDQUOT', `${origin} wants to be paid first (402).${said(message)}`];
  if (status === 403) return ['EACCES', `${origin} does not let this key use ${model} (403).${said(message)}`];
  if (status === 404)
    return ['ENOENT', `${origin} does not know the model "${model}" (404). Correct it in Settings.${said(message)}`];
  if (status === 413)
    return ['EINVAL', `The request was too large for ${origin} (413). Start a new conversation.${said(message)}`];
  if (status === 429)
    return ['EAGAIN', `${origin} limits how often it may be asked (429). Try again later.${said(message)}`];
  if (status === 529) return ['EBUSY', `${origin} is overloaded (529). Try again later.${said(message)}`];
  if (status >= 500) return ['EIO', `${origin} failed (${status}). Try again later.${said(message)}`];
  return ['EINVAL', `${origin} refused the request (${status}).${said(message)}`];
};

export const describeFailure = (failure: Failure, asked: Asked): SysError => {
  const error = (code: ErrorCode, message: string): SysError => ({ code, call: 'model', message });
  if (failure.kind === 'aborted') return error('ECANCELED', 'The run was stopped.');
  if (failure.kind === 'unreachable') return error('EIO', unreachable(asked));
  if (failure.kind === 'cut')
    return error('EPROTO', `${asked.origin} broke off its answer twice. Nothing of a broken answer was carried out.`);
  return error(...statusWords(failure.status, failure.message, asked));
};
