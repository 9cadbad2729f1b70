import type { Lease } from '../shared/farm/task.ts';
import type { ClaimReply } from '../shared/io/redis/seat.ts';

/** Tasks that may lie at hand behind a short one: enough for the next ones to arrive while they are done. */
export const HAND_SIZE = 4;

/**
 * What a worker holds: the tasks that lie at hand, in their order, and those that it does or whose answers are on their
 * way. The farm may name a lease twice, where a reply was lost and the worker asked again; it is taken up once.
 */
export class Hand {
  #atHand: Lease[] = [];
  readonly #held = new Set<string>();

  /** Takes up what the farm has replied. */
  take(reply: ClaimReply): void {
    if (reply.kind === 'task') this.#add(reply.lease);
    if (reply.kind === 'task' || reply.kind === 'busy')
      for (const lease of reply.atHand ?? []) this.#add(lease);
  }

  /** The task to be done now; it stays held until it is answered. */
  next(): Lease | undefined {
    return this.#atHand.shift();
  }

  /** The farm has the answer: it will not name this lease again. */
  answered(lease: Lease): void {
    this.#held.delete(lease.leaseId);
  }

  /** Lets go of what lies at hand and has not been begun. */
  empty(): readonly Lease[] {
    const leases = this.#atHand;
    this.#atHand = [];
    for (const lease of leases) this.#held.delete(lease.leaseId);
    return leases;
  }

  #add(lease: Lease): void {
    if (this.#held.has(lease.leaseId)) return;
    this.#held.add(lease.leaseId);
    this.#atHand.push(lease);
  }
}
