import { Seat } from '../../shared/io/redis/seat.ts';
import type { ClaimReply } from '../../shared/io/redis/seat.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import type { Lease } from '../../shared/farm/task.ts';

/** A worker that does only what the test tells it to, over its real seat at the farm. */
export class SeatWorker {
  readonly seat: Seat;
  lease: Lease | undefined;

  private constructor(id: string, store: FarmStore) {
    this.seat = new Seat({ id, pod: id }, store, store);
  }

  static async enter(id: string, store: FarmStore): Promise<SeatWorker> {
    const worker = new SeatWorker(id, store);
    await worker.seat.register();
    return worker;
  }

  /** Asks for a task, and keeps the one that comes. */
  async claim(): Promise<ClaimReply> {
    const reply = await this.seat.claim(0.01);
    if (reply.kind === 'task') this.lease = reply.lease;
    return reply;
  }

  /** Answers the task that it has. */
  async finish(): Promise<void> {
    if (this.lease === undefined) throw new Error(`${this.seat.workerId} has no task to finish`);
    await this.seat.answer(this.lease, { outcome: 'done', summary: {}, outputs: {}, serviceSeconds: 0.1 });
    this.lease = undefined;
  }

  /** Acknowledges the SYN that its heartbeat brings; false where there is none, or it came too late. */
  async acknowledge(): Promise<boolean> {
    const { synId } = await this.seat.beat(this.lease);
    return synId !== undefined && (await this.seat.acknowledge(synId));
  }
}
