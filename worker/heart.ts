import type { Lease } from '../shared/farm/task.ts';
import type { BeatReply, Seat } from '../shared/io/redis/seat.ts';

/** The lease is five times as long by default. */
const BEAT_MS = 1000;

export interface HeartParts {
  readonly seat: Pick<Seat, 'beat' | 'register'>;
  /** The task in hand, whose lease is to be renewed. */
  readonly lease: () => Lease | undefined;
  readonly onBeat: (reply: BeatReply) => void;
  /** Once for each lease that is no longer this worker's although it is still at it. */
  readonly onLostLease: (lease: Lease) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Says once a second that this worker is there, and renews the lease of its task. It waits for nothing but Redis, and
 * has one beat under way at a time: while Redis is away they do not pile up.
 */
export class Heart {
  readonly #parts: HeartParts;
  #timer: NodeJS.Timeout | undefined;
  #beating = false;
  #lostLeaseId: string | undefined;

  constructor(parts: HeartParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #beat(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    const { seat, lease, onBeat, onError } = this.#parts;
    const named = lease();
    try {
      const reply = await seat.beat(named);
      // Stopped meanwhile: it has left the registry, and must not enter it again.
      if (this.#timer === undefined) return;
      // Answered meanwhile, it is no longer held for a good reason.
      if (named !== undefined && !reply.holdsLease && lease()?.leaseId === named.leaseId) this.#lost(named);
      if (reply.state === 'unknown') await seat.register();
      onBeat(reply);
    } catch (error) {
      if (this.#timer !== undefined) onError(error);
    } finally {
      this.#beating = false;
    }
  }

  #lost(lease: Lease): void {
    if (this.#lostLeaseId === lease.leaseId) return;
    this.#lostLeaseId = lease.leaseId;
    this.#parts.onLostLease(lease);
  }
}
