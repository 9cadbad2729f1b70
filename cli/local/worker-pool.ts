import { randomBytes } from 'node:crypto';
import { Control } from '../../shared/io/redis/control.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { ProcessPoolStore } from '../../shared/io/redis/process-pool-store.ts';
import { BackOff } from './back-off.ts';
import { RuntimeProcess } from './runtime-process.ts';
import type { RuntimeLaunch } from './runtime-process.ts';
import { shrinkOrder } from './shrink-order.ts';

/** The report is renewed every second; a supervisor that is silent for this long is not there. */
const REPORT_SECONDS = 5;

export interface WorkerPoolParts {
  readonly store: FarmStore;
  /** A connection of its own: it waits there for the wish to change. */
  readonly blocking: FarmStore;
  /** All but the name: each worker is called differently. */
  readonly launch: Omit<RuntimeLaunch, 'name'>;
  readonly graceSeconds: number;
  /** Told about what nobody waits for: a failed look at Redis. */
  readonly onError: (error: unknown) => void;
}

/**
 * The supervisor of the worker processes: makes their number what the autoscaler wishes, replaces those that crash,
 * and says which there are. What a Deployment does on Kubernetes.
 */
export class WorkerPool {
  readonly #parts: WorkerPoolParts;
  readonly #control: Control;
  readonly #pool: ProcessPoolStore;
  readonly #processes = new Map<string, RuntimeProcess>();
  readonly #backOff = new BackOff();
  #nextNumber = 1;
  #mayStartAtMs = 0;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#control = new Control(parts.store);
    this.#pool = new ProcessPoolStore(parts.store);
  }

  /** Processes that are there, those that are about to end included. */
  get size(): number {
    return this.#processes.size;
  }

  async start(workers: number): Promise<void> {
    await this.resize(workers);
    this.#loop = this.#run();
  }

  /** Sets the wish, whatever it was: for who starts the pool, not for an autoscaler. */
  async resize(workers: number): Promise<void> {
    while (!(await this.#pool.resize(await this.#pool.desired(), workers)));
  }

  /** Lets every worker finish its task within the grace. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    await Promise.all([...this.#processes.values()].map((each) => each.stop(this.#parts.graceSeconds)));
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#reconcile();
        await this.#report();
        await this.#pool.waitForChange(this.#parts.blocking, 1);
      } catch (error) {
        this.#parts.onError(error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async #reconcile(): Promise<void> {
    const desired = await this.#pool.desired();
    const serving = [...this.#processes].filter(([, each]) => !each.stopping).map(([pod]) => pod);
    if (serving.length > desired) await this.#shrink(serving, serving.length - desired);
    if (performance.now() < this.#mayStartAtMs) return;
    for (let missing = desired - serving.length; missing > 0 && !this.#stopping; missing -= 1)
      this.#startOne();
  }

  async #shrink(serving: readonly string[], surplus: number): Promise<void> {
    const { workers } = await this.#control.observe(0);
    for (const pod of shrinkOrder(serving, workers, surplus)) this.#processes.get(pod)?.requestStop();
  }

  #startOne(): void {
    const pod = `worker-${this.#nextNumber}-${randomBytes(3).toString('hex')}`;
    this.#nextNumber += 1;
    const { launch } = this.#parts;
    const started = new RuntimeProcess({
      ...launch,
      name: pod,
      environment: { ...launch.environment, INSTANCE: pod },
    });
    this.#processes.set(pod, started);
    void this.#watch(pod, started);
  }

  async #watch(pod: string, process: RuntimeProcess): Promise<void> {
    const ended = await process.ended.catch(() => ({ code: 1, signal: null }));
    this.#processes.delete(pod);
    // Who sent it a SIGTERM does not matter: it has ended in order.
    const inOrder = ended.code === 0 || ended.signal === 'SIGTERM';
    if (!inOrder) {
      const waitSeconds = this.#backOff.afterLifeOf((performance.now() - process.startedMs) / 1000);
      this.#mayStartAtMs = performance.now() + waitSeconds * 1000;
    }
    await this.#tellRegistry(pod, inOrder ? 'stopped' : 'crashed').catch(this.#parts.onError);
  }

  /** A worker that left by itself is no longer in the registry; for the others the task need not wait for its lease. */
  async #tellRegistry(pod: string, how: 'stopped' | 'crashed'): Promise<void> {
    const { workers } = await this.#control.observe(0);
    await Promise.all(
      workers.filter((worker) => worker.pod === pod).map(({ id }) => this.#control.workerEnded(id, how)),
    );
    await this.#report();
  }

  async #report(): Promise<void> {
    const processes = [...this.#processes].map(([pod, each]) => ({
      pod,
      processId: each.processId,
      stopping: each.stopping,
    }));
    await this.#pool.report(processes, REPORT_SECONDS);
  }
}
