import type { Lease } from '../shared/farm/task.ts';
import type { WorkerState } from '../shared/farm/worker.ts';

/** What a worker says about itself. */
export interface WorkerDescription {
  readonly workerId: string;
  readonly pod: string;
  readonly state: WorkerState;
  readonly taskId?: string;
}

/** The state of one worker, as it sees itself; what counts for scaling is the registry's. */
export class WorkerStatus {
  readonly workerId: string;
  readonly pod: string;
  #asked = false;
  #drain: 'no' | 'draining' | 'drained' = 'no';
  /** The task in hand. */
  lease: Lease | undefined;

  constructor(workerId: string, pod: string) {
    this.workerId = workerId;
    this.pod = pod;
  }

  get state(): WorkerState {
    if (this.#drain !== 'no') return this.#drain;
    if (this.lease !== undefined) return 'busy';
    return this.#asked ? 'idle' : 'starting';
  }

  /** It asks for tasks, from now on or again. */
  working(): void {
    this.#asked = true;
    this.#drain = 'no';
  }

  draining(): void {
    if (this.#drain === 'no') this.#drain = 'draining';
  }

  drained(): void {
    this.#drain = 'drained';
  }

  describe(): WorkerDescription {
    const { workerId, pod, state } = this;
    return { workerId, pod, state, ...(this.lease === undefined ? {} : { taskId: this.lease.taskId }) };
  }
}
