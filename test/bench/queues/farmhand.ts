import type { Lease, NewTask } from '../../../shared/farm/task.ts';
import { connectRedis } from '../../../shared/io/redis/connection.ts';
import { FarmStore } from '../../../shared/io/redis/farm-store.ts';
import { ResultStore } from '../../../shared/io/redis/result-store.ts';
import { Seat } from '../../../shared/io/redis/seat.ts';
import type { ClaimReply } from '../../../shared/io/redis/seat.ts';
import { Submissions } from '../../../shared/io/redis/submissions.ts';
import { newTaskId } from '../../../shared/io/task-id.ts';
import { Hand, HAND_SIZE } from '../../../worker/hand.ts';
import type { Contender, End, Watch } from './contender.ts';
import type { Payload } from './payload.ts';

const WAIT_SECONDS = 1;

/** The farm's own queue: leases, heartbeats and deadline order as in the farm. */
export const farmhand: Contender = {
  prepare: async (url) => {
    const store = open(url);
    await store.configure({ order: 'deadline' });
    store.redis.disconnect();
  },
  produce: async (url) => {
    const store = open(url);
    const submissions = new Submissions(store, { maxWaiting: 10_000_000, idempotencySeconds: 60 });
    return {
      send: async (payloads) => {
        const admissions = await submissions.admit(payloads.map(asTask));
        const refused = admissions.find(({ kind }) => kind !== 'admitted');
        if (refused) throw new Error(`Expected every task to be admitted, got ${refused.kind}.`);
      },
      stop: async () => {
        store.redis.disconnect();
      },
    };
  },
  consume: async (url, watch) => {
    const consumer = new Consumer(open(url), open(url), watch);
    await consumer.start();
    return consumer;
  },
  collect: async (url, collected) => {
    const collector = new Collector(open(url), open(url), collected);
    collector.start();
    return collector;
  },
};

function open(url: string): FarmStore {
  const redis = connectRedis({ url }, (error) => {
    throw error;
  });
  return new FarmStore(redis, 'bench');
}

/** Deadlines are far enough for no task to be lost, and differ, so that the order is one. */
function asTask(payload: Payload): NewTask {
  return {
    id: newTaskId(),
    type: 'nothing',
    options: JSON.stringify(payload),
    expectedServiceSeconds: 0.001,
    deadlineSeconds: 300 + Math.random() * 300,
    lost: 'serve',
  };
}

class Consumer implements End {
  readonly #seat: Seat;
  readonly #stores: readonly FarmStore[];
  readonly #watch: Watch;
  readonly #hand = new Hand();
  readonly #answers: Promise<ClaimReply>[] = [];
  #lease: Lease | undefined;
  #over = false;
  #loop: Promise<void> | undefined;
  #heart: NodeJS.Timeout | undefined;

  constructor(store: FarmStore, inbox: FarmStore, watch: Watch) {
    const name = `bench-${String(process.pid)}`;
    this.#seat = new Seat({ id: name, pod: name }, store, inbox);
    this.#stores = [store, inbox];
    this.#watch = watch;
  }

  async start(): Promise<void> {
    await this.#seat.register();
    this.#heart = setInterval(() => void this.#seat.beat(this.#lease), 1000);
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#loop;
    clearInterval(this.#heart);
    for (const { redis } of this.#stores) redis.disconnect();
  }

  async #work(): Promise<void> {
    let reply = await this.#seat.claim(WAIT_SECONDS);
    while (!this.#over) {
      this.#hand.take(reply);
      if (reply.kind === 'task' && reply.unconfirmed) void this.#seat.confirm(reply.lease);
      for (let lease = this.#hand.next(); lease; lease = this.#hand.next()) this.#do(lease);
      reply = await (this.#answers.shift() ?? this.#wait());
    }
    await Promise.all(this.#answers);
  }

  async #wait(): Promise<ClaimReply> {
    const handed = await this.#seat.waitAtInbox(WAIT_SECONDS);
    return handed.kind === 'task' ? handed : this.#seat.claim(WAIT_SECONDS);
  }

  #do(lease: Lease): void {
    this.#lease = lease;
    this.#watch.taken(JSON.parse(lease.options) as Payload);
    this.#answers.push(this.#answer(lease));
  }

  async #answer(lease: Lease): Promise<ClaimReply> {
    const answer = { outcome: 'done', summary: {}, outputs: {}, serviceSeconds: 0 } as const;
    const { verdict, next } = await this.#seat.answer(lease, answer, WAIT_SECONDS, HAND_SIZE);
    if (verdict !== 'accepted') throw new Error(`Expected the answer to count, got ${verdict}.`);
    this.#hand.answered(lease);
    this.#watch.recorded();
    return next ?? { kind: 'none' };
  }
}

class Collector implements End {
  readonly #store: FarmStore;
  readonly #inbox: FarmStore;
  readonly #collected: (responseMs: number) => void;
  #over = false;
  #loop: Promise<void> | undefined;

  constructor(store: FarmStore, inbox: FarmStore, collected: (responseMs: number) => void) {
    this.#store = store;
    this.#inbox = inbox;
    this.#collected = collected;
  }

  start(): void {
    this.#loop = this.#collect();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#loop;
    this.#store.redis.disconnect();
    this.#inbox.redis.disconnect();
  }

  async #collect(): Promise<void> {
    const results = new ResultStore(this.#store);
    while (!this.#over) {
      const found = await results.collect('bench', {
        most: 50,
        keepSeconds: 3600,
        waitSeconds: WAIT_SECONDS,
      });
      for (const { responseSeconds } of found) this.#collected(responseSeconds * 1000);
      if (found.length === 0) await this.#inbox.redis.blpop(this.#inbox.inboxKey('bench'), WAIT_SECONDS);
    }
  }
}
