import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { FarmProcesses, accountedFor } from '../support/farm-processes.ts';
import type { TemplateProcess } from '../support/template-process.ts';
import { workerIn } from '../support/worker-process.ts';
import { ChaosRound } from './chaos-round.ts';

const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 32));
const count = Number(process.env['FAULT_ROUNDS'] ?? 20);
/** Two farms at a time: a round mostly waits for leases to end. */
const pairs = Array.from({ length: Math.ceil(count / 2) }, (_none, index) => [2 * index + 1, 2 * index + 2]);

/** At the beginning and at the end of each round. */
const WORKERS = 3;

/** One farm through many rounds: what a round has left behind meets the next one. */
class RoughFarm {
  readonly #farm: FarmProcesses;
  #collector: TemplateProcess;
  #fence = 0;

  private constructor(farm: FarmProcesses, collector: TemplateProcess) {
    this.#farm = farm;
    this.#collector = collector;
  }

  static async open(): Promise<RoughFarm> {
    const farm = await FarmProcesses.open();
    return new RoughFarm(farm, await farm.start('collector'));
  }

  async round(number: number): Promise<void> {
    const farm = this.#farm;
    const random = new RandomStream(seed, `round ${String(number)}`);
    // A new one each round: after many crashes a pool waits long before it starts the next process.
    const pool = farm.workerPool({ LOG_LEVEL: 'warn' });
    try {
      await pool.start(WORKERS);
      await workerIn(farm.farm, 'idle');
      const nextFence = (): number => (this.#fence += 1);
      const chaos = new ChaosRound({ farm, random, nextFence, collector: this.#collector });
      this.#collector = await chaos.run(WORKERS);
      const settled = await farm.settled();
      expect(settled, `round ${String(number)}:\n${chaos.story.join('\n')}`).toMatchObject(
        accountedFor(settled.tasks),
      );
    } finally {
      await pool.stop();
    }
  }

  close(): Promise<void> {
    return this.#farm.close();
  }
}

let farms: readonly RoughFarm[] = [];

beforeAll(async () => {
  farms = await Promise.all([RoughFarm.open(), RoughFarm.open()]);
});
afterAll(async () => {
  await Promise.all(farms.map((farm) => farm.close()));
});

describe(`real processes at random (FAULT_SEED=${String(seed)})`, () => {
  test.each(pairs)('rounds %i and %i: every task has one Result', async (...numbers) => {
    await Promise.all(farms.map((farm, index) => farm.round(numbers[index] ?? 0)));
  });
});
