import type { IncomingMessage, ServerResponse } from 'node:http';

import type { BodyBudget } from './body-budget.ts';
import { Refusal } from './refusal.ts';

/** The client ended the connection before its request was whole: nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Where a request goes. */
export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Splits and decodes the request target. */
export function readTarget(url: string): Target {
  const cut = url.indexOf('?');
  const path = decodePath(cut === -1 ? url : url.slice(0, cut));
  if (!path?.startsWith('/') || path.includes('\0')) {
    throw new Refusal(400, "expected a path that starts with '/' and is valid percent-encoded UTF-8");
  }
  return { path, query: new URLSearchParams(cut === -1 ? '' : url.slice(cut + 1)) };
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** How much of a body is read. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** For all bodies together; what this one takes is given back when it has been answered. */
  readonly budget: BodyBudget;
}

/** Reads the whole body. A client that asks first (Expect: 100-continue) is refused before it sends anything. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBytes, budget }: BodyLimits,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const giveBack = (): void => {
      budget.give(bytes);
      bytes = 0;
    };
    const refuse = (refusal: Refusal): void => {
      request.off('data', take);
      chunks.length = 0;
      giveBack();
      reject(refusal);
    };
    const take = (chunk: Buffer): void => {
      if (bytes + chunk.length > maxBytes) refuse(tooLarge(maxBytes));
      else if (!budget.take(chunk.length)) refuse(tooMuch());
      else {
        bytes += chunk.length;
        chunks.push(chunk);
      }
    };
    response.once('close', giveBack);
    request.on('data', take);
    request.once('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes));
    });
    request.once('close', () => {
      reject(new ClientGone('the connection ended before the body did'));
    });
    // 'close' follows and says the same.
    request.on('error', () => undefined);
  });
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the body is larger than MAX_BODY_BYTES, ${String(maxBytes)} bytes`);
}

function tooMuch(): Refusal {
  return new Refusal(429, 'as many bodies as MAX_BODIES_BYTES allows are being answered', {
    'retry-after': '1',
  });
}
