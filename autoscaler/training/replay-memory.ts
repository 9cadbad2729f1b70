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

/** A replay memory as it is kept in a checkpoint. */
export interface SavedMemory {
  /** Transitions ever added. */
  readonly added: number;
  readonly states: string;
  readonly actions: string;
  readonly rewards: string;
  readonly nextStates: string;
  readonly continues: string;
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

  /** What is held, as text: numbers in base 64. */
  save(): SavedMemory {
    const { states, actions, rewards, nextStates, continues } = this.#rows;
    const [rows, values] = [this.size, this.size * this.#stateSize];
    return {
      added: this.#added,
      states: toText(states.subarray(0, values)),
      actions: toText(actions.subarray(0, rows)),
      rewards: toText(rewards.subarray(0, rows)),
      nextStates: toText(nextStates.subarray(0, values)),
      continues: toText(continues.subarray(0, rows)),
    };
  }

  restore(saved: SavedMemory): void {
    this.#rows.states.set(new Float32Array(toBytes(saved.states)));
    this.#rows.actions.set(new Int32Array(toBytes(saved.actions)));
    this.#rows.rewards.set(new Float32Array(toBytes(saved.rewards)));
    this.#rows.nextStates.set(new Float32Array(toBytes(saved.nextStates)));
    this.#rows.continues.set(new Float32Array(toBytes(saved.continues)));
    this.#added = saved.added;
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

function toText(numbers: Float32Array | Int32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

function toBytes(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer;
}
