import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { WorkerState } from '../shared/farm/worker.ts';

const STATES: readonly WorkerState[] = ['starting', 'idle', 'busy', 'draining', 'drained'];

/** How a task left this worker. */
export type TaskEnd = 'done' | 'invalid' | 'error' | 'handedBack';

/** What a worker counts for dashboards. The books of the farm are in Redis. */
export class WorkerMetrics {
  readonly #tasks: Counter<'type' | 'outcome'>;
  readonly #serviceSeconds: Histogram<'type'>;
  readonly #lateAnswers: Counter;
  readonly #lostLeases: Counter;
  readonly #threads: Counter;

  constructor(registry: Registry, stateOf: () => WorkerState) {
    const registers = [registry];
    this.#tasks = new Counter({
      name: 'farmhand_worker_tasks_total',
      help: 'Tasks that left this worker, by type and outcome: done, invalid, error, handedBack',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.#serviceSeconds = new Histogram({
      name: 'farmhand_worker_service_seconds',
      help: 'Seconds that work() took, by type',
      labelNames: ['type'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    });
    this.#lateAnswers = new Counter({
      name: 'farmhand_worker_late_answers_total',
      help: 'Answers that were discarded because another one came first',
      registers,
    });
    this.#lostLeases = new Counter({
      name: 'farmhand_worker_lost_leases_total',
      help: 'Tasks whose lease ended, or was taken, while this worker was still at work',
      registers,
    });
    this.#threads = new Counter({
      name: 'farmhand_worker_thread_crashes_total',
      help: "Ends of the tasks' thread that nobody had asked for",
      registers,
    });
    new Gauge({
      name: 'farmhand_worker_state',
      help: '1 for the state that this worker is in, 0 for the others',
      labelNames: ['state'],
      registers,
      collect() {
        for (const state of STATES) this.set({ state }, stateOf() === state ? 1 : 0);
      },
    });
  }

  taskEnded(type: string, outcome: TaskEnd, serviceSeconds: number | undefined): void {
    this.#tasks.inc({ type, outcome });
    if (serviceSeconds !== undefined) this.#serviceSeconds.observe({ type }, serviceSeconds);
  }

  lateAnswer(): void {
    this.#lateAnswers.inc();
  }

  lostLease(): void {
    this.#lostLeases.inc();
  }

  threadCrashed(): void {
    this.#threads.inc();
  }
}
