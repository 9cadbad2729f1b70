// What one claim costs Redis, whose single thread serves the whole farm: node test/bench/claim-cost.ts [--quick]
import { pathToFileURL } from 'node:url';
import type { Redis } from 'ioredis';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import { connectRedis } from '../../shared/io/redis/connection.ts';
import { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { script } from '../../shared/io/redis/script.ts';
import { Seat } from '../../shared/io/redis/seat.ts';
import { Submissions } from '../../shared/io/redis/submissions.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { aTask } from '../support/build-task.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { table } from './row.ts';
import type { BenchOptions, Row } from './row.ts';
import { quantile } from './statistics.ts';

const BUSY_WORKERS = 12;
const BATCH = 1000;

/**
 * `calm`: every waiting task can make it, and none is urgent.
 * `crowd`: more urgent tasks than the workers can serve in time, so that triage has much to give up.
 */
type Press = 'calm' | 'crowd';

/** The script's own time by Redis's slow log, at several lengths of the queue, for each dispatch order. */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const redis = await PrivateRedis.start({ parameters: ['--slowlog-max-len', '100000'] });
  const connection = connectRedis({ url: redis.url }, () => undefined);
  try {
    const rows: Row[] = [];
    for (const waiting of quick ? [1000, 100_000] : [1000, 100_000, 1_000_000]) {
      await connection.flushall();
      const bench = new ClaimBench(connection, waiting);
      await bench.fill();
      say(`${String(waiting)} tasks wait`);
      for (const order of DISPATCH_ORDERS) {
        rows.push(...(await bench.measure(order, 'calm', quick ? 300 : 1000)));
        if (order === 'triage') rows.push(...(await bench.measure(order, 'crowd', quick ? 300 : 1000)));
      }
    }
    return rows;
  } finally {
    connection.disconnect();
    await redis.stop();
  }
}

class ClaimBench {
  readonly #redis: Redis;
  readonly #store: FarmStore;
  readonly #waiting: number;
  readonly #submissions: Submissions;
  readonly #random = new RandomStream(1, 'claim-cost');

  constructor(redis: Redis, waiting: number) {
    this.#redis = redis;
    this.#waiting = waiting;
    this.#store = new FarmStore(redis, 'bench');
    this.#submissions = new Submissions(this.#store, { maxWaiting: 10_000_000, idempotencySeconds: 60 });
  }

  async fill(): Promise<void> {
    for (let made = 0; made < this.#waiting; made += BATCH * 4) {
      const batches = Math.min(4, Math.ceil((this.#waiting - made) / BATCH));
      await Promise.all(Array.from({ length: batches }, () => this.#admit('calm', BATCH)));
    }
  }

  async measure(order: DispatchOrder, press: Press, claims: number): Promise<Row[]> {
    await this.#store.configure({ order });
    const workers = Array.from(
      { length: BUSY_WORKERS },
      (_, index) => new Seat({ id: `w${String(index)}`, pod: 'p' }, this.#store, this.#store),
    );
    for (const worker of workers) {
      await worker.register();
      await worker.claim(0);
    }
    await this.#redis.config('SET', 'slowlog-log-slower-than', '0');
    await this.#redis.call('SLOWLOG', 'RESET');
    if (press === 'crowd') await this.#admit('crowd', 64);
    for (let claim = 0; claim < claims; claim += 1) {
      const worker = workers[claim % BUSY_WORKERS];
      if (worker === undefined) throw new Error('Expected a worker.');
      await this.#freeUp(worker);
      // As many wait for every claim, and in a crowd as many of them are urgent.
      await this.#admit(press, press === 'crowd' ? 2 : 1);
      await worker.claim(0);
    }
    const micros = await this.#claimMicros();
    await this.#redis.config('SET', 'slowlog-log-slower-than', '-1');
    for (const worker of workers) await worker.leave();
    return this.#rows(order, press, micros);
  }

  async #freeUp(worker: Seat): Promise<void> {
    const reply = await worker.claim(0);
    if (reply.kind !== 'task') throw new Error(`Expected the task that it holds, got ${reply.kind}.`);
    await worker.answer(reply.lease, { outcome: 'invalid', reason: '' });
  }

  /** Of the claims that chose a task; every other one asked for the task that was held. */
  async #claimMicros(): Promise<number[]> {
    const entries = (await this.#redis.call('SLOWLOG', 'GET', '100000')) as [
      number,
      number,
      number,
      string[],
    ][];
    const { sha } = script('claim');
    const claims = entries.filter(([, , , command]) => command[1] === sha).map(([, , micros]) => micros);
    return claims.filter((_, index) => index % 2 === 0);
  }

  #rows(order: DispatchOrder, press: Press, micros: readonly number[]): Row[] {
    const at = `${order}, ${press}, ${this.#waiting.toLocaleString('en')} waiting, µs`;
    const row = (share: number): Row => ({
      suite: 'claim',
      what: `claim script p${String(share * 100)}, ${at}`,
      ours: quantile(micros, share),
      behind: { claims: micros.length },
    });
    const target = (limit: number): Pick<Row, 'target'> => ({
      target: { of: 'ours', limit, sense: 'atMost' },
    });
    return [
      { ...row(0.5), ...(order === 'deadline' ? target(100) : {}) },
      { ...row(0.99), ...(order === 'triage' ? target(1000) : {}) },
    ];
  }

  async #admit(press: Press, count: number): Promise<void> {
    const made = Array.from({ length: count }, () =>
      aTask({
        expectedServiceSeconds: this.#random.uniform(0.05, 1),
        deadlineSeconds: press === 'calm' ? this.#random.uniform(2000, 8000) : this.#random.uniform(1, 3),
      }),
    );
    await this.#submissions.admit(made);
  }
}

async function main(): Promise<void> {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const rows = await run({ quick: process.argv.includes('--quick'), say });
  console.log(table(rows));
  for (const row of rows) console.log(JSON.stringify(row));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
