import { randomFillSync } from 'node:crypto';

const TOKEN_BYTES = 16;
/** Asking the system for randomness costs as much for one token as for many. */
const TOKENS_AT_ONCE = 64;

const drawn = Buffer.alloc(TOKEN_BYTES * TOKENS_AT_ONCE);
let used = drawn.length;

/** 128 random bits as 22 characters that may stand in a path: no two are ever alike, and none can be guessed. */
export function randomToken(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += TOKEN_BYTES;
  return drawn.toString('base64url', used - TOKEN_BYTES, used);
}
