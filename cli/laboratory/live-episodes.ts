import { setTimeout as delay } from 'node:timers/promises';
import { LiveFarm } from '../../autoscaler/live-farm.ts';
import { ProcessPool } from '../../autoscaler/process-pool.ts';
import type { ResetOptions } from '../../autoscaler/training/environment.ts';
import type { LiveEpisode } from '../../autoscaler/training/live-environment.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { Farm } from '../../shared/farm/farm-port.ts';
import type { FarmSnapshot } from '../../shared/farm/snapshot.ts';
import { Control } from '../../shared/io/redis/control.ts';
import { ProcessPoolStore } from '../../shared/io/redis/process-pool-store.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { LocalFarm, openFarmOf } from '../local/local-farm.ts';
import { StateFolder } from '../local/state-folder.ts';

/** What the episodes of a `LiveEnvironment` are made of. */
export interface LiveEpisodesParts {
  readonly redisServer: string;
  /** Where the farms keep their files: each episode has a folder of its own below it. */
  readonly folder: string;
  readonly workloadOf: (seed: number) => Workload;
  readonly order: DispatchOrder;
  readonly stepLimit: number;
  /** What all times of the load and the steps are multiplied by; 0.5 is twice as fast. */
  readonly timeScale: number;
}

interface Running {
  readonly farm: LocalFarm;
  readonly close: () => void;
}

/** The load was not begun: nothing can be learned from a farm without one. */
export class LoadNotBegun extends Error {
  override readonly name = 'LoadNotBegun';
  constructor(seed: number, answer: string) {
    super(`Expected the emitter to begin the load of seed ${String(seed)}; it answered ${answer}`);
  }
}

/** A machine that is busy with other things starts a process in tens of seconds. */
const READY_SECONDS = 60;

/**
 * Farms on this machine, one for each episode: a Redis of its own, the real emitter with the load of the seed, real
 * workers and the real collector, and no autoscaler, because whoever takes the steps is that. `begin` is what a
 * `LiveEnvironment` wants; `stop` ends the last farm.
 */
export class LiveEpisodes {
  readonly #parts: LiveEpisodesParts;
  #running: Running | undefined;
  #begun = 0;

  constructor(parts: LiveEpisodesParts) {
    this.#parts = parts;
  }

  readonly begin = async (seed: number, options: ResetOptions): Promise<LiveEpisode> => {
    await this.stop();
    const workload = this.#parts.workloadOf(seed);
    const workers = options.initialWorkers ?? workload.initialWorkers;
    const farm = await this.#start(workload, workers);
    const stepSeconds = workload.stepSeconds * this.#parts.timeScale;
    const port = portOf(farm, stepSeconds);
    this.#running = { farm, close: port.close };
    await port.whenServing(workers);
    const total = await this.#beginLoad(farm, workload, seed);
    const startedMs = performance.now();
    const { minWorkers, maxWorkers, steps } = workload;
    return {
      farm: port.farm,
      guards: { minWorkers, maxWorkers, stepLimit: this.#parts.stepLimit },
      stepSeconds,
      steps,
      endOfStep: async (step) => {
        await delay(Math.max(0, startedMs + 1000 * step * stepSeconds - performance.now()));
      },
      isDone: (snapshot) => collectedOf(snapshot) >= total,
    };
  };

  /** Ends the farm of the last episode, if there is one. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.close();
    await running?.farm.stop();
    running?.farm.folder.remove();
  }

  #start({ minWorkers, maxWorkers, stepSeconds }: Workload, workers: number): Promise<LocalFarm> {
    const { redisServer, folder, order } = this.#parts;
    this.#begun += 1;
    const name = `episode-${String(this.#begun)}`;
    return LocalFarm.start(
      new StateFolder(name, `${folder}/${name}`),
      { redisServer, order, leaseSeconds: 5, stepSeconds, workers: { min: minWorkers, max: maxWorkers } },
      workers,
    );
  }

  /** @returns how many tasks the load has */
  async #beginLoad(farm: LocalFarm, workload: Workload, seed: number): Promise<number> {
    const { phases, baseRatePerSecond, arrivals, service } = workload;
    const timeScale = 1 / this.#parts.timeScale;
    const request = {
      method: 'POST',
      headers: { authorization: `Bearer ${farm.token}` },
      body: JSON.stringify({ phases, baseRatePerSecond, arrivals, service, seed, timeScale }),
    };
    const deadlineMs = performance.now() + 1000 * READY_SECONDS;
    for (;;) {
      const answer = await fetch(`${farm.url('emitter')}/load`, request);
      const text = await answer.text();
      if (answer.status === 202) return (JSON.parse(text) as { readonly total: number }).total;
      // Its door opens before it has found Redis.
      if (answer.status !== 503 || performance.now() > deadlineMs) throw new LoadNotBegun(seed, text);
      await delay(50);
    }
  }
}

interface OpenPort {
  readonly farm: Farm;
  readonly whenServing: (workers: number) => Promise<void>;
  readonly close: () => void;
}

/** The port of a farm on this machine, as the autoscaler has it; each scaling is a step of its own. */
function portOf(local: LocalFarm, stepSeconds: number): OpenPort {
  const opened = openFarmOf(local.folder, local.describe().redis.port);
  const control = new Control(opened.store);
  const parts = {
    control,
    pool: new ProcessPool(new ProcessPoolStore(opened.store)),
    blocking: opened.another(),
    stepSeconds,
    clock: () => performance.now() / 1000,
  };
  let fence = 1;
  const farm: Farm = {
    observe: (windowSeconds) => new LiveFarm({ ...parts, fence }).observe(windowSeconds),
    scaleTo: (workers) => {
      fence += 1;
      return new LiveFarm({ ...parts, fence }).scaleTo(workers);
    },
  };
  return {
    farm,
    whenServing: async (wanted) => {
      for (;;) {
        const { workers } = await control.observe(0);
        if (workers.filter(({ state }) => state === 'idle').length >= wanted) return;
        await delay(50);
      }
    },
    close: () => {
      opened.close();
    },
  };
}

function collectedOf({ counters }: FarmSnapshot): number {
  return counters.completed + counters.failed;
}
