import { setTimeout as delay } from 'node:timers/promises';
import { LiveFarm } from '../../autoscaler/live-farm.ts';
import { ProcessPool } from '../../autoscaler/process-pool.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { ProcessPoolStore } from '../../shared/io/redis/process-pool-store.ts';
import type { RandomStream } from '../../shared/workload/random-stream.ts';
import type { FarmProcesses } from '../support/farm-processes.ts';
import { killed } from '../support/farm-processes.ts';
import type { TemplateProcess } from '../support/template-process.ts';
import { eventually } from '../support/worker-process.ts';

const MOST_WORKERS = 5;
/** How long faults are made; what they have left is worked off afterwards. */
const CHAOS_SECONDS = 2.5;
/** One less than a lease, and one more. */
const FREEZE_SECONDS = [0.4, 3] as const;

export interface ChaosParts {
  readonly farm: FarmProcesses;
  readonly random: RandomStream;
  /** Grows from round to round, so that no step is taken for an old one. */
  readonly nextFence: () => number;
  readonly collector: TemplateProcess;
}

/** Everything at random at once: load, kills, freezes and scaling. What was done stands in `story`. */
export class ChaosRound {
  readonly story: string[] = [];
  readonly #parts: ChaosParts;
  readonly #processes: ProcessPoolStore;
  readonly #blocking: FarmStore;
  readonly #frozen = new Set<Promise<void>>();
  #collector: TemplateProcess;
  #over = false;

  constructor(parts: ChaosParts) {
    this.#parts = parts;
    this.#collector = parts.collector;
    this.#processes = new ProcessPoolStore(parts.farm.farm.store);
    this.#blocking = parts.farm.farm.another();
  }

  /** @returns the collector that is there in the end; the pool is at `workers` then, and none of them is leaving */
  async run(workers: number): Promise<TemplateProcess> {
    const over = delay(CHAOS_SECONDS * 1000).then(() => {
      this.#over = true;
    });
    await Promise.all([over, this.#load(), this.#scale(), this.#faults()]);
    await Promise.all(this.#frozen);
    await eventually(async () => ((await this.#scaleTo(workers)) === workers ? true : undefined));
    return this.#collector;
  }

  async #load(): Promise<void> {
    const { farm, random } = this.#parts;
    while (!this.#over) {
      const services = Array.from({ length: random.integer(1, 4) }, () => random.uniform(0.02, 0.3));
      const lost = random.unit() < 0.2 ? 'discard' : 'serve';
      await farm.admit(services, { deadlineSeconds: random.uniform(0.5, 20), lost });
      await delay(random.integer(20, 150));
    }
  }

  async #scale(): Promise<void> {
    const { random } = this.#parts;
    while (!this.#over) {
      await this.#scaleTo(random.integer(1, MOST_WORKERS));
      await delay(random.integer(100, 600));
    }
  }

  /** One step of an autoscaler. @returns the size that the pool has now by the wish */
  async #scaleTo(workers: number): Promise<number> {
    const { farm, nextFence } = this.#parts;
    const live = new LiveFarm({
      control: farm.farm.control,
      pool: new ProcessPool(this.#processes),
      blocking: this.#blocking,
      fence: nextFence(),
      stepSeconds: 2,
      clock: () => performance.now() / 1000,
    });
    const { before, applied, takenBack, removed } = await live.scaleTo(workers);
    const moved = `${String(takenBack.length)} taken back, ${String(removed.length)} removed`;
    this.#tell(`${String(before)} workers, asked for ${String(workers)}, now ${String(applied)}; ${moved}`);
    return applied;
  }

  async #faults(): Promise<void> {
    const { random } = this.#parts;
    while (!this.#over) {
      await delay(random.integer(100, 500));
      const draw = random.integer(0, 9);
      if (draw < 3) await this.#signalWorker('SIGKILL');
      else if (draw < 5) await this.#signalWorker('SIGTERM');
      else if (draw < 8) await this.#freezeWorker();
      else if (draw < 9) await this.#replaceCollector();
      else this.#freeze(this.#collector.child.pid, 'collector');
    }
  }

  async #signalWorker(signal: NodeJS.Signals): Promise<void> {
    const pid = await this.#someWorker();
    if (pid !== undefined && send(pid, signal)) this.#tell(`${signal} to worker ${String(pid)}`);
  }

  async #freezeWorker(): Promise<void> {
    this.#freeze(await this.#someWorker(), 'worker');
  }

  async #replaceCollector(): Promise<void> {
    this.#tell('SIGKILL to the collector');
    await killed(this.#collector);
    this.#collector = await this.#parts.farm.start('collector');
  }

  #freeze(pid: number | undefined, who: string): void {
    if (pid === undefined || !send(pid, 'SIGSTOP')) return;
    const seconds = this.#parts.random.uniform(...FREEZE_SECONDS);
    this.#tell(`${who} ${String(pid)} frozen for ${seconds.toFixed(1)} s`);
    this.#frozen.add(
      delay(seconds * 1000).then(() => {
        send(pid, 'SIGCONT');
      }),
    );
  }

  async #someWorker(): Promise<number | undefined> {
    const processes = (await this.#processes.processes()) ?? [];
    return processes[this.#parts.random.integer(0, Math.max(0, processes.length - 1))]?.processId;
  }

  #tell(what: string): void {
    this.story.push(what);
  }
}

/** False where there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
