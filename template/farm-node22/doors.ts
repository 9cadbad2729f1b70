import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { FunctionModule } from './contract.ts';
import { Refusal } from './refusal.ts';
import { isLoopback } from './settings.ts';
import type { Settings } from './settings.ts';

/** The token that a guarded function must have is not there. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
  constructor(settings: Settings) {
    const reach = `listening on ${settings.host}${settings.privateDoor ? '' : ', reachable from elsewhere'}`;
    super(
      `Expected a bearer token in the secret ${settings.authSecret} (a file in ${settings.secretsFolder}), found none, ${reach}. ` +
        'Create the secret, set HOST=127.0.0.1, or set AUTH=off to open the function to everybody',
    );
  }
}

/** What the check looks at in a request. */
export interface Caller {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The bearer check before handle(). */
export class Doors {
  readonly #settings: Settings;
  readonly #openPaths: ReadonlySet<string>;
  readonly #guarded: boolean;
  readonly #readToken: () => string | undefined;

  constructor(settings: Settings, module: FunctionModule, readToken: () => string | undefined) {
    this.#settings = settings;
    this.#openPaths = new Set(module.openPaths);
    this.#guarded = module.handle !== undefined && module.doors !== 'open';
    this.#readToken = readToken;
  }

  /** Throws where the process must not listen. Returns what an operator should know about an open door. */
  checkStart(): string | undefined {
    if (!this.#guarded) return undefined;
    if (this.#settings.auth === 'off')
      return 'AUTH=off: everybody who reaches this port may call the function';
    if (this.#readToken() !== undefined || this.#settings.privateDoor) return undefined;
    throw new NoToken(this.#settings);
  }

  /** Throws a Refusal where this caller may not pass. The token is read anew, so that it can be rotated. */
  check(caller: Caller): void {
    if (!this.#guarded || this.#settings.auth === 'off') return;
    if (this.#openPaths.has(caller.path) || this.#openPaths.has(`${caller.method} ${caller.path}`)) return;
    const token = this.#readToken();
    if (token !== undefined) checkBearer(caller.headers, token);
    else if (this.#settings.privateDoor) checkSameMachine(caller.headers);
    else throw new Refusal(503, `the secret ${this.#settings.authSecret} is gone, so nobody can be let in`);
  }
}

function checkBearer(headers: IncomingHttpHeaders, token: string): void {
  const given = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) {
    throw new Refusal(401, 'expected the header Authorization: Bearer <token>', {
      'www-authenticate': 'Bearer',
    });
  }
  // Equal lengths for any input, so that the comparison's time tells nothing.
  if (!timingSafeEqual(digest(given), digest(token))) throw new Refusal(403, 'the token is wrong');
}

/** Loopback without a token is open to this machine's programs, not to web pages that its browser shows. */
function checkSameMachine({ host, origin }: IncomingHttpHeaders): void {
  const strange = [host === undefined ? undefined : `http://${host}`, origin].some(
    (url) => url !== undefined && !isLoopback(hostnameOf(url)),
  );
  if (strange)
    throw new Refusal(403, 'without a token only callers that name this machine itself are let in');
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
