import type { Redis } from 'ioredis';
import type { BlobRef } from '../../farm/task.ts';
import { randomToken } from '../random-token.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros } from './farm-store.ts';

/**
 * Where the bytes of inputs and outputs lie, apart from the queue. Made so that an object store (S3 and its like) fits
 * as well: whole values by name, no listing, no expiry of its own.
 */
export interface BlobStore {
  put(ref: BlobRef, bytes: Uint8Array): Promise<void>;
  get(ref: BlobRef): Promise<Buffer | undefined>;
  delete(refs: readonly BlobRef[]): Promise<void>;
}

/** Blobs in Redis, outside the farm's hash slot: in a cluster they spread over all nodes. */
export class RedisBlobStore implements BlobStore {
  readonly #redis: Redis;
  readonly #farm: string;

  constructor(redis: Redis, farm: string) {
    this.#redis = redis;
    this.#farm = farm;
  }

  async put(ref: BlobRef, bytes: Uint8Array): Promise<void> {
    await this.#redis.set(this.#key(ref), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async get(ref: BlobRef): Promise<Buffer | undefined> {
    return (await this.#redis.getBuffer(this.#key(ref))) ?? undefined;
  }

  async delete(refs: readonly BlobRef[]): Promise<void> {
    await Promise.all(refs.map((ref) => this.#redis.unlink(this.#key(ref))));
  }

  #key(ref: BlobRef): string {
    return `farmhand-blob:${this.#farm}:${ref}`;
  }
}

/** The farm has no room for these bytes. */
export class BlobsFull extends Error {
  override readonly name = 'BlobsFull';
  constructor(wantedBytes: number, mostBytes: number) {
    super(
      `No room for ${String(wantedBytes)} bytes: the farm holds at most ${String(mostBytes)} bytes of inputs and ` +
        'outputs. Try again when Results have been read and have expired, or raise MAX_BLOB_BYTES.',
    );
  }
}

/**
 * Stores blobs so that none is forgotten: each is written down in the farm before it is stored, a task takes it when
 * it is admitted or answered, and what no task takes in time, or whose task has expired, is deleted.
 */
export class BlobLedger {
  readonly #store: FarmStore;
  readonly #blobs: BlobStore;

  constructor(store: FarmStore, blobs: BlobStore) {
    this.#store = store;
    this.#blobs = blobs;
  }

  static newRef(): BlobRef {
    return randomToken();
  }

  /**
   * @param mostBytes of all blobs of the farm; 0 for no limit (outputs are never refused)
   * @param takeWithinSeconds after which the blobs are deleted unless a task has taken them
   * @throws BlobsFull
   */
  async put(
    blobs: ReadonlyMap<BlobRef, Uint8Array>,
    mostBytes: number,
    takeWithinSeconds = 600,
  ): Promise<void> {
    if (blobs.size === 0) return;
    const sizes = [...blobs].flatMap(([ref, bytes]) => [ref, bytes.byteLength]);
    const args = [mostBytes, toMicros(takeWithinSeconds), ...sizes];
    const [fits] = (await this.#store.run('reserve-blobs', args)) as [number, number];
    if (fits === 0) {
      const wanted = [...blobs.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
      throw new BlobsFull(wanted, mostBytes);
    }
    await Promise.all([...blobs].map(([ref, bytes]) => this.#blobs.put(ref, bytes)));
  }

  get(ref: BlobRef): Promise<Buffer | undefined> {
    return this.#blobs.get(ref);
  }

  /**
   * Forgets expired tasks and deletes the blobs that nobody can ask for any more.
   *
   * @returns how many blobs were deleted
   */
  async expire(mostAtOnce = 100): Promise<number> {
    const garbage = (await this.#store.run('expire', [mostAtOnce])) as readonly string[];
    if (garbage.length === 0) return 0;
    await this.#blobs.delete(garbage);
    await this.#store.run('blobs-deleted', garbage);
    return garbage.length;
  }
}
