import type { RandomStream } from '../../shared/workload/random-stream.ts';

/** One step as a learner remembers it. States are scaled vectors. */
export interface Transition {
  readonly state: readonly number[];
  readonly action: number;
  readonly reward: number;
  readonly next: readonly number[];
  /** Nothing comes after: the goal is reached. False where only the steps ran out. */
  readonly terminated: boolean;
}

/** Transitions side by side, row after row: what a trainer learns from at once. */
export interface Batch {
  readonly size: number;
  readonly stateSize: number;
  readonly states: Float32Array;
  readonly actions: Int32Array;
  readonly rewards: Float32Array;
  readonly nextStates: Float32Array;
  /** 1 where the value of the next state counts, 0 after a terminal state. */
  readonly continues: Float32Array;
}

/** The latest transitions, the oldest making room for the newest, drawn from with equal chance. */
export class ReplayMemory {
  readonly capacity: number;
  readonly #stateSize: number;
  readonly #rows: Batch;
  #added = 0;

  constructor(capacity: number, stateSize: number) {
    this.capacity = positive(capacity, 'capacity');
    this.#stateSize = positive(stateSize, 'stateSize');
    this.#rows = emptyBatch(capacity, stateSize);
  }

  /** Transitions held. */
  get size(): number {
    return Math.min(this.#added, this.capacity);
  }

  add({ state, action, reward, next, terminated }: Transition): void {
    const row = this.#added % this.capacity;
    this.#rows.states.set(state, row * this.#stateSize);
    this.#rows.nextStates.set(next, row * this.#stateSize);
    this.#rows.actions[row] = action;
    this.#rows.rewards[row] = reward;
    this.#rows.continues[row] = terminated ? 0 : 1;
    this.#added += 1;
  }

  /** Fills a batch, with replacement, from what is held. */
  sample(into: Batch, stream: RandomStream): void {
    const width = this.#stateSize;
    for (let index = 0; index < into.size; index += 1) {
      const row = stream.integer(0, this.size - 1);
      const [from, to] = [row * width, (row + 1) * width];
      into.states.set(this.#rows.states.subarray(from, to), index * width);
      into.nextStates.set(this.#rows.nextStates.subarray(from, to), index * width);
      into.actions[index] = this.#rows.actions[row] ?? 0;
      into.rewards[index] = this.#rows.rewards[row] ?? 0;
      into.continues[index] = this.#rows.continues[row] ?? 0;
    }
  }
}

export function emptyBatch(size: number, stateSize: number): Batch {
  return {
    size,
    stateSize,
    states: new Float32Array(size * stateSize),
    actions: new Int32Array(size),
    rewards: new Float32Array(size),
    nextStates: new Float32Array(size * stateSize),
    continues: new Float32Array(size),
  };
}

function positive(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`Expected ${name} to be a whole number above 0; got ${String(value)}.`);
}
