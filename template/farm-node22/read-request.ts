import type { IncomingMessage, ServerResponse } from 'node:http';

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

/** Reads the whole body. A client that asks first (Expect: 100-continue) is refused before it sends anything. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else {
        request.off('data', take);
        reject(tooLarge(maxBytes));
      }
    };
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
