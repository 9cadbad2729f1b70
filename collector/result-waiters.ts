import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import type { Logger } from '../template/farm-node22/contract.ts';

/** A message can be lost while a connection breaks: whoever waits looks again after this long all the same. */
const LOOK_AGAIN_SECONDS = 2;
/** How long the subscription outlives the last one who waited. */
const LINGER_SECONDS = 10;

type Wake = (nothing: undefined) => void;

/** Wakes those who wait for a Result as soon as any collector records it. */
export class ResultWaiters {
  readonly #connect: () => FarmStore;
  readonly #channel: string;
  readonly #log: Logger;
  readonly #waiting = new Map<string, Set<Wake>>();
  #connection: FarmStore | undefined;
  #isListening = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(connect: () => FarmStore, channel: string, log: Logger) {
    this.#connect = connect;
    this.#channel = channel;
    this.#log = log;
  }

  /**
   * Looks until there is something to see or the time is up, and returns what was seen last. It listens before it
   * looks, so what happens between the two is not missed.
   *
   * @param look undefined as long as there is nothing to see
   */
  async wait<T>(
    id: string,
    until: { readonly seconds: number; readonly signal: AbortSignal },
    look: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const endsAtMs = performance.now() + until.seconds * 1000;
    this.#listen();
    try {
      for (;;) {
        const woken = this.#nextWake(id);
        const seen = await look();
        const leftMs = endsAtMs - performance.now();
        const isOver = seen !== undefined || leftMs <= 0 || until.signal.aborted;
        if (!isOver)
          await this.#sleep(woken.promise, Math.min(leftMs, LOOK_AGAIN_SECONDS * 1000), until.signal);
        this.#forget(id, woken.resolve);
        if (isOver) return seen;
      }
    } finally {
      if (this.#waiting.size === 0) this.#linger();
    }
  }

  #nextWake(id: string): PromiseWithResolvers<undefined> {
    const woken = Promise.withResolvers<undefined>();
    const others = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, others.add(woken.resolve));
    return woken;
  }

  #forget(id: string, resolve: Wake): void {
    const others = this.#waiting.get(id);
    others?.delete(resolve);
    if (others?.size === 0) this.#waiting.delete(id);
  }

  async #sleep(woken: Promise<undefined>, milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    await Promise.race([woken, over]);
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }

  #listen(): void {
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    if (this.#isListening) return;
    this.#isListening = true;
    this.#connection ??= this.#open();
    this.#connection.redis.subscribe(this.#channel).then(
      () => {
        this.#wakeAll();
      },
      (error: unknown) => {
        this.#log.warn({ err: error }, 'no news of Results; those who wait look every few seconds');
      },
    );
  }

  /** A connection that has subscribed can do nothing else, and is opened when somebody waits first. */
  #open(): FarmStore {
    const connection = this.#connect();
    connection.redis.on('message', (_channel: string, id: string) => {
      this.#wake(this.#waiting.get(id));
    });
    connection.redis.on('ready', () => {
      this.#wakeAll();
    });
    return connection;
  }

  /** What was published before the subscription stood has to be looked for. */
  #wakeAll(): void {
    for (const waiting of [...this.#waiting.values()]) this.#wake(waiting);
  }

  #wake(waiting: ReadonlySet<Wake> | undefined): void {
    for (const resolve of [...(waiting ?? [])]) resolve(undefined);
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => {
      this.#isListening = false;
      this.#connection?.redis.unsubscribe(this.#channel).catch(() => undefined);
    }, LINGER_SECONDS * 1000).unref();
  }
}
