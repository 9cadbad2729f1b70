import type { NewTask } from '../../farm/task.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros, toSeconds } from './farm-store.ts';
import type { Reply } from './script.ts';

export type LoadState = 'running' | 'done' | 'stopped';

/** A load as it is begun. */
export interface NewLoad {
  /** Names this run. */
  readonly run: string;
  /** Says where the load comes from, where it is to be begun only once, whoever starts again; else empty. */
  readonly source: string;
  /** JSON, for the emitter that goes on with it. */
  readonly spec: string;
  /** From which the ids of its tasks follow; random, so that they cannot be guessed. */
  readonly secret: string;
  /** Arrivals in all. */
  readonly total: number;
}

/** The load that the farm has had last. */
export interface LoadRecord extends NewLoad {
  readonly state: LoadState;
  /** Arrivals that have been emitted: the index of the next one. */
  readonly emitted: number;
  /** On the farm's clock, seconds since the epoch. */
  readonly startedAtSeconds: number;
  /** Absent while it runs. */
  readonly endedAtSeconds?: number;
}

export type BeginReply =
  | { readonly kind: 'begun'; readonly startedAtSeconds: number }
  /** Another one runs; or this source was begun before. */
  | { readonly kind: 'running' | 'same'; readonly run: string };

/** What became of a few arrivals. `gone`: another load has taken the place of this one. */
export interface ArrivalsReply {
  readonly state: LoadState | 'gone';
  readonly emitted: number;
}

/** A task of a load: it carries no input. */
export type ArrivingTask = Omit<NewTask, 'input' | 'idempotencyKey'>;

/** The generated load of a farm: kept in Redis, so that any emitter can go on where another one ended. */
export class LoadLedger {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  /** Begins a load where none runs. Sending the same one again changes nothing. */
  async begin(load: NewLoad): Promise<BeginReply> {
    const args = [load.run, load.source, load.spec, load.secret, load.total];
    const [kind, value] = (await this.#store.run('begin-load', args)) as readonly [string, Reply];
    if (kind === 'begun') return { kind, startedAtSeconds: toSeconds(value) };
    return { kind: kind === 'same' ? 'same' : 'running', run: String(value) };
  }

  async read(): Promise<LoadRecord | undefined> {
    const fields = await this.#store.redis.hgetall(this.#store.key('load'));
    const { run, source = '', spec = '', secret = '' } = fields;
    if (run === undefined) return undefined;
    const ended = fields['ended'];
    return {
      run,
      source,
      spec,
      secret,
      total: Number(fields['total']),
      state: fields['state'] as LoadState,
      emitted: Number(fields['next']),
      startedAtSeconds: toSeconds(fields['started']),
      ...(ended === undefined ? {} : { endedAtSeconds: toSeconds(ended) }),
    };
  }

  /**
   * Admits the next arrivals of a run and counts them as emitted in one step. Those that find the farm full are left
   * for later, with all after them.
   *
   * @param from the index of the first; where it is not the next one, nothing is done
   */
  async emit(
    run: string,
    from: number,
    tasks: readonly ArrivingTask[],
    maxWaiting: number,
  ): Promise<ArrivalsReply> {
    const args = tasks.flatMap((task) => [
      task.id,
      task.type,
      task.options,
      toMicros(task.expectedServiceSeconds),
      toMicros(task.deadlineSeconds),
      task.lost,
    ]);
    const reply = await this.#store.run('admit-arrivals', [run, from, maxWaiting, ...args]);
    const [state, emitted] = reply as readonly [ArrivalsReply['state'], number];
    return { state, emitted };
  }

  /** @returns whether one was running */
  async stop(): Promise<boolean> {
    return (await this.#store.run('stop-load')) === 1;
  }
}
