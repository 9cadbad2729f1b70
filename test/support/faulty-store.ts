import type { RandomStream } from '../../shared/workload/random-stream.ts';
import { FarmStore } from '../../shared/io/redis/farm-store.ts';
import type { Reply } from '../../shared/io/redis/script.ts';

/** The connection broke under a command; whether it was carried out, its sender does not know. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

/** How likely each fault is, for one command. */
export interface Faults {
  /** Never arrives. */
  readonly request: number;
  /** Is carried out, its reply does not arrive. */
  readonly reply: number;
  /** Is carried out, its reply is lost, and the connection sends it again, as ioredis does. */
  readonly resent: number;
  /** A copy stays in the network, and may arrive at any time later. */
  readonly kept: number;
}

/** A farm's scripts over a connection that loses, repeats and delays them by a seed. */
export class FaultyStore extends FarmStore {
  readonly #faults: Faults;
  readonly #random: RandomStream;
  readonly #kept: (() => Promise<Reply>)[] = [];

  constructor(clean: FarmStore, faults: Faults, random: RandomStream) {
    super(clean.redis, clean.farm);
    this.#faults = faults;
    this.#random = random;
  }

  override async run(name: string, args: readonly (string | number)[] = []): Promise<Reply> {
    const { request, reply, resent, kept } = this.#faults;
    if (this.#random.unit() < kept) this.#kept.push(() => super.run(name, args));
    const draw = this.#random.unit();
    if (draw < request) throw new Lost(`${name} did not arrive`);
    const answered = await super.run(name, args);
    if (draw < request + reply) throw new Lost(`the reply to ${name} did not arrive`);
    return draw < request + reply + resent ? super.run(name, args) : answered;
  }

  /** One of the copies arrives. */
  async deliverKept(): Promise<void> {
    const index = this.#random.integer(0, Math.max(0, this.#kept.length - 1));
    await this.#kept.splice(index, 1)[0]?.();
  }
}
