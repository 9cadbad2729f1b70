import type { IncomingMessage } from 'node:http';

import type { Response } from 'express';

import type { FunctionResponse } from './contract.ts';

/** How long a refused client may go on sending before its connection is cut, so that it can read the answer. */
const UNREAD_BODY_MILLISECONDS = 2000;

/** Something else than a FunctionResponse came back from handle(). */
export class NotAResponse extends Error {
  override readonly name = 'NotAResponse';
}

/** Checks the answer whole before a byte of it is sent, then sends it. Throws only before. */
export function writeResponse(response: Response, answer: FunctionResponse): void {
  const { status, headers, body } = checked(answer);
  const content = encode(body);
  if (content.type !== undefined) response.setHeader('content-type', content.type);
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== 'transfer-encoding') response.setHeader(name, value);
  }
  response.status(status);
  const bodiless = status === 204 || status === 304;
  if (bodiless) response.removeHeader('content-length');
  else response.setHeader('content-length', content.bytes.length);
  // For HEAD node:http keeps the length and leaves the bytes out.
  const bytes = bodiless ? undefined : content.bytes;
  if (isBodyComing(response.req)) answerBeforeBody(response, bytes);
  else response.end(bytes);
}

function checked(
  answer: FunctionResponse,
): Required<Pick<FunctionResponse, 'status' | 'headers'>> & { body: unknown } {
  // A function need not be TypeScript: what comes back is not trusted.
  const given: unknown = answer;
  if (typeof given !== 'object' || given === null)
    throw new NotAResponse(`Expected { status, headers?, body? }, got ${typeof given}`);
  const { status, headers, body } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new NotAResponse(`Expected a status from 200 to 599, got ${String(status)}`);
  }
  return { status, headers: headers ?? {}, body };
}

function encode(body: unknown): { readonly bytes: Buffer; readonly type?: string } {
  if (body === undefined || body === null) return { bytes: Buffer.alloc(0) };
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain; charset=utf-8' };
  if (body instanceof Uint8Array) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return { bytes, type: 'application/octet-stream' };
  }
  if (typeof body !== 'object')
    throw new NotAResponse(`Expected a string, bytes or an object as body, got ${typeof body}`);
  return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

/** Whether the client is sending a body, or has been let, that nobody has read to its end. */
function isBodyComing(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding, expect } = request.headers;
  const hasBody = encoding !== undefined || Number(length ?? 0) > 0;
  const isHeldBack = expect?.toLowerCase() === '100-continue' && !request.readableDidRead;
  return hasBody && !request.complete && !isHeldBack;
}

/**
 * Sends the answer, and ends it when the client has ended its body too. After the end of the last answer node:http
 * closes the connection whatever is still coming, which resets it: a client that is still sending might never see the
 * answer.
 */
function answerBeforeBody(response: Response, bytes: Buffer | undefined): void {
  const { req: request } = response;
  response.setHeader('connection', 'close');
  response.flushHeaders();
  if (bytes !== undefined) response.write(bytes);
  const timer = setTimeout(() => request.socket.destroy(), UNREAD_BODY_MILLISECONDS).unref();
  request.once('end', () => response.end());
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.resume();
}
