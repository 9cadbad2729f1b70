import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { FunctionContext } from '../template/farm-node22/contract.ts';
import { BlobLedger, RedisBlobStore } from '../shared/io/redis/blob-store.ts';
import { checkFarm, openFarm } from '../shared/io/redis/open-farm.ts';
import type { OpenFarm } from '../shared/io/redis/open-farm.ts';
import { Seat } from '../shared/io/redis/seat.ts';
import { readSettings } from '../shared/io/settings.ts';
import { secondsAfter, unlessAborted } from './abortable.ts';
import { Heart } from './heart.ts';
import { WORKER_SETTINGS_SHAPE } from './settings.ts';
import { TaskBench } from './task-bench.ts';
import { TaskRunner } from './task-runner.ts';
import { WorkLoop } from './work-loop.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { WorkerStatus } from './worker-status.ts';

/** Left of the grace when a task that is still under way goes back. */
const HAND_BACK_SECONDS = 2;

/** Left of the grace when a Redis that is away is waited for no longer. */
const GIVE_UP_SECONDS = 0.5;

/** One worker from its entry into the registry to its leave. A process has one, and a new process is a new worker. */
export class FarmWorker {
  readonly status: WorkerStatus;
  readonly #context: FunctionContext;
  readonly #farm: OpenFarm;
  readonly #runner: TaskRunner;
  readonly #seat: Seat;
  readonly #metrics: WorkerMetrics;

  /** Starts the tasks' thread and the connections; asks for nothing yet. */
  constructor(context: FunctionContext) {
    const { log, instance } = context;
    const settings = readSettings(WORKER_SETTINGS_SHAPE, context.env);
    this.#context = context;
    this.status = new WorkerStatus(`${instance}-${randomBytes(6).toString('base64url')}`, instance);
    this.#metrics = new WorkerMetrics(context.metrics, () => this.status.state);
    this.#runner = new TaskRunner(
      {
        folder:
          settings.TASKS_DIR === undefined ? join(import.meta.dirname, 'tasks') : resolve(settings.TASKS_DIR),
        heapMebibytes: settings.TASK_HEAP_MEBIBYTES,
        timeoutSeconds: settings.TASK_TIMEOUT_SECONDS,
      },
      (reason) => {
        this.#metrics.threadCrashed();
        log.warn({ reason }, "the tasks' thread ended; starting another one");
      },
    );
    this.#farm = openFarm(context);
    const { workerId, pod } = this.status;
    this.#seat = new Seat({ id: workerId, pod }, this.#farm.store, this.#farm.another());
  }

  /** Works until `stop` aborts, then drains within the grace. */
  async run(stop: AbortSignal): Promise<void> {
    const { graceSeconds } = this.#context;
    const handBack = secondsAfter(stop, Math.max(graceSeconds / 2, graceSeconds - HAND_BACK_SECONDS));
    const giveUp = secondsAfter(stop, Math.max((graceSeconds * 3) / 4, graceSeconds - GIVE_UP_SECONDS));
    const heart = this.#createHeart();
    try {
      const isReady = await unlessAborted(this.#begin(), stop);
      if (isReady !== true) return;
      heart.start();
      try {
        await unlessAborted(this.#createLoop().run(stop, handBack), giveUp);
      } finally {
        heart.stop();
        await this.#leave(giveUp);
      }
    } finally {
      heart.stop();
      this.#runner.close();
      this.#farm.close();
    }
  }

  /** Tasks are not claimed before there is a thread for them: another worker may be free. */
  async #begin(): Promise<true> {
    const { log } = this.#context;
    const [{ types, broken }] = await Promise.all([this.#runner.ready(), checkFarm(this.#farm.store)]);
    for (const [type, reason] of Object.entries(broken)) {
      log.error({ type, reason }, 'a task type could not be loaded: its tasks fail here');
    }
    log.info({ ...this.status.describe(), types }, 'worker started');
    return true;
  }

  #createHeart(): Heart {
    const { status } = this;
    const { log } = this.#context;
    // Once a second the same sentence would bury all others.
    let said = '';
    return new Heart({
      seat: this.#seat,
      lease: () => status.lease,
      onBeat: ({ state }) => {
        said = '';
        if (state === 'syn') status.draining();
      },
      onLostLease: ({ taskId }) => {
        this.#metrics.lostLease();
        log.warn({ taskId }, 'the lease is no longer ours; the first answer counts');
      },
      onError: (error) => {
        if (String(error) !== said) log.warn({ err: error }, 'heartbeats are refused');
        said = String(error);
      },
    });
  }

  #createLoop(): WorkLoop {
    const { status } = this;
    const { log } = this.#context;
    const blobs = new BlobLedger(
      this.#farm.store,
      new RedisBlobStore(this.#farm.store.redis, this.#farm.store.farm),
    );
    const bench = new TaskBench(blobs, this.#runner, (error) => {
      log.warn({ err: error }, 'Redis refused an input or an output; trying again in a second');
    });
    return new WorkLoop({ seat: this.#seat, bench, status, metrics: this.#metrics, log });
  }

  /** Gives back what came meanwhile. Where Redis does not answer, the end of the lease does the same. */
  async #leave(giveUp: AbortSignal): Promise<void> {
    const { log } = this.#context;
    const { workerId } = this.status;
    try {
      const hasLeft = await unlessAborted(
        this.#seat.leave().then(() => true),
        giveUp,
      );
      if (hasLeft === true) log.info({ workerId }, 'left the registry');
      else
        log.warn({ workerId }, 'Redis did not answer within the grace: the registry will forget this worker');
    } catch (error) {
      log.warn({ workerId, err: error }, 'could not leave the registry: it will forget this worker');
    }
  }
}
