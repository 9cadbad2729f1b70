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
  if (hasUnreadBody(response.req)) answerBeforeBody(response);
  response.end(bodiless ? undefined : content.bytes);
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

function hasUnreadBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return !request.complete && (encoding !== undefined || Number(length ?? 0) > 0);
}

/**
 * What still comes is thrown away, and the connection lives on meanwhile: closing it would reset it, and a client that
 * is still sending might never see the answer. A client that asked first and was not let (Expect: 100-continue) sends
 * nothing any more, and there it can be closed.
 */
function answerBeforeBody(response: Response): void {
  const { req: request } = response;
  if (request.headers.expect?.toLowerCase() === '100-continue' && !request.readableDidRead) {
    response.setHeader('connection', 'close');
    return;
  }
  request.resume();
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, UNREAD_BODY_MILLISECONDS).unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}
