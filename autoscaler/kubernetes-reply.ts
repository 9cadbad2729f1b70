import { z } from 'zod';
import { PoolFailure } from './pool.ts';

/** What the Kubernetes API replied, other than what it was asked for. */
export interface RefusedReply {
  readonly status: number;
  /** As it came: an API object, text, or nothing. */
  readonly body: unknown;
  readonly retryAfterSeconds: number | undefined;
}

/** The call may be made again after this long. */
export class Throttled extends PoolFailure {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, call: string) {
    const wait = `for ${String(retryAfterSeconds)} s`;
    super(
      'throttled',
      `Kubernetes asks to be left alone ${wait} (429, ${call}); the next step after that goes on`,
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Where it names no time. */
const DEFAULT_RETRY_SECONDS = 1;
/** A minute of blindness is more than any farm should bear on another's word. */
const MOST_RETRY_SECONDS = 60;

/** Somebody's admission webhook may say anything at any length, and it goes into every decision record. */
const MOST_CHARACTERS = 500;

/**
 * Puts a refusal by the API into the words of a pool.
 *
 * @param call what was asked, as in `get deployment worker`
 */
export function failureOf(reply: RefusedReply, call: string): PoolFailure {
  const { status } = reply;
  const said = `${messageOf(reply.body)} (${String(status)}, ${call})`;
  if (status === 401) {
    return new PoolFailure(
      'forbidden',
      `Kubernetes does not know the autoscaler's token: ${said}. Renew the secret that holds it, or its service account.`,
    );
  }
  if (status === 403) {
    return new PoolFailure(
      'forbidden',
      `Kubernetes forbids it: ${said}. Grant it in deploy/base/rights/rbac.yaml, or correct KUBERNETES_DEPLOYMENTS.`,
    );
  }
  if (status === 404) {
    return new PoolFailure(
      'notFound',
      `There is none: ${said}. Correct KUBERNETES_DEPLOYMENTS or KUBERNETES_NAMESPACE.`,
    );
  }
  if (status === 409) return new PoolFailure('conflict', `Somebody else has changed it: ${said}`);
  if (status === 422 && isFailedTest(reply.body)) {
    return new PoolFailure('conflict', `It is no longer as it was when the step looked: ${said}`);
  }
  if (status === 429) {
    const wished = reply.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS;
    return new Throttled(Math.min(MOST_RETRY_SECONDS, Math.max(0, wished)), call);
  }
  if (status >= 500) return new PoolFailure('poolAway', `Kubernetes failed: ${said}`);
  return new PoolFailure('poolRefused', `Kubernetes refuses: ${said}`);
}

/** What the API sends with a refusal. */
const STATUS = z.object({
  message: z.string(),
  details: z.object({ name: z.string().optional() }).default({}),
});

/**
 * A JSON patch whose test does not hold is refused as a whole, and without a word on why; an object that is invalid is
 * named.
 */
function isFailedTest(body: unknown): boolean {
  const status = statusOf(body);
  return status !== undefined && status.details.name === undefined;
}

function messageOf(body: unknown): string {
  const status = statusOf(body);
  if (status !== undefined) return status.message.slice(0, MOST_CHARACTERS);
  return typeof body === 'string' && body !== '' ? body.slice(0, 200) : 'no reason given';
}

function statusOf(body: unknown): z.infer<typeof STATUS> | undefined {
  return STATUS.safeParse(typeof body === 'string' ? parsed(body) : body).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
