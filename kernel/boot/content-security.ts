// The content security policies of the app, in one place.
// PAGE_CSP goes into index.html as a <meta> when the app is built; a meta does not reach workers, so the service
// worker adds WORKER_CSP to every worker script it serves. Network destinations stay wide here, because models and
// bundles live anywhere: the operator's allow-list is enforced in effects/, for every request, with a reason.
// Script stays closed: own files and WebAssembly only, no eval, no inline, no remote code, no frames.

const LOOPBACK = 'http://localhost:* http://127.0.0.1:* ws://localhost:* ws://127.0.0.1:*';
const CONNECT = `connect-src 'self' https: wss: ${LOOPBACK}`;

export const PAGE_CSP = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  CONNECT,
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default dompurify',
].join('; ');

export const WORKER_CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  CONNECT,
  "worker-src 'self'",
].join('; ');
