/** Lets any page call a loopback server: the headers, and the answer to what a browser asks first. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a preflight and says so; otherwise the request is the caller's to answer. */
export const allowAnyPage = (request: IncomingMessage, response: ServerResponse): boolean => {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'mcp-session-id');
  if (request.method !== 'OPTIONS') return false;
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE');
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
  response.writeHead(204).end();
  return true;
};
