import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Answer } from '../../shared/farm/result.ts';
import type { Lease, NewTask, TaskId } from '../../shared/farm/task.ts';
import { audit } from '../../shared/io/redis/audit.ts';
import type { Audit } from '../../shared/io/redis/audit.ts';
import { connectRedis } from '../../shared/io/redis/connection.ts';
import { Control } from '../../shared/io/redis/control.ts';
import { FarmStore, toMicros } from '../../shared/io/redis/farm-store.ts';
import type { FarmRules } from '../../shared/io/redis/farm-store.ts';
import { ResultStore } from '../../shared/io/redis/result-store.ts';
import type { Collected } from '../../shared/io/redis/result-store.ts';
import { withParts } from '../../shared/io/redis/script.ts';
import { Seat } from '../../shared/io/redis/seat.ts';
import type { ClaimReply } from '../../shared/io/redis/seat.ts';
import { Submissions } from '../../shared/io/redis/submissions.ts';
import type { PrivateRedis } from './private-redis.ts';

export const DONE = { outcome: 'done', summary: { ok: true }, outputs: {} } satisfies Answer;
export const ERROR = { outcome: 'error', reason: 'it broke' } satisfies Answer;
export const INVALID = { outcome: 'invalid', reason: 'not an image' } satisfies Answer;

/** Moves all that a farm has written down about time into the past: for the farm, that much time has passed. */
const PASS = withParts(`
-- @include base
local by = tonumber(ARGV[1])
local function shift(key, ...)
  for _, field in ipairs({ ... }) do
    local value = call('HGET', P .. key, field)
    if value then call('HSET', P .. key, field, text(tonumber(value) - by)) end
  end
end
for _, id in ipairs(call('ZRANGE', P .. 'due', 0, -1)) do shift('task:' .. id, 'gen', 'dl') end
for _, id in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do shift('worker:' .. id, 'synUntil', 'finishAt', 'seen', 'until') end
for index = 2, #ARGV do shift('lock:' .. ARGV[index], 'until', 'at') end
shift('reaper', 'holdUntil')
-- However long this test was kept from its core.
if call('EXISTS', P .. 'reaper') == 1 then call('HSET', P .. 'reaper', 'at', text(now)) end
for _, name in ipairs({ 'waiting', 'arrival', 'due', 'leases', 'delayed', 'discardable', 'workers', 'syns', 'finish',
  'waiters', 'collectors', 'expiring', 'results', 'dead', 'blob-pending' }) do
  local all = call('ZRANGE', P .. name, 0, -1, 'WITHSCORES')
  for index = 1, #all, 2 do call('ZADD', P .. name, tonumber(all[index + 1]) - by, all[index]) end
end
`);

/** The most that a test waits for something that should come at once. */
export const PROMPTLY_SECONDS = 5;

/** A farm of its own on a Redis of the test, with every side of its queues at hand. */
export class QueueFarm {
  readonly store: FarmStore;
  readonly control: Control;
  readonly results: ResultStore;
  readonly submissions: Submissions;
  readonly #server: PrivateRedis;
  readonly #connections: Redis[];

  private constructor(server: PrivateRedis, store: FarmStore) {
    this.#server = server;
    this.#connections = [store.redis];
    this.store = store;
    this.control = new Control(this.store);
    this.results = new ResultStore(this.store);
    this.submissions = new Submissions(this.store, { maxWaiting: 1000, idempotencySeconds: 60 });
  }

  /** @param rules `deadline` order without a share for lost tasks, unless said otherwise: the plainest to predict */
  static async open(
    server: PrivateRedis,
    rules: Partial<FarmRules> = {},
    name = `test-${randomBytes(6).toString('hex')}`,
  ): Promise<QueueFarm> {
    const farm = new QueueFarm(server, new FarmStore(connect(server), name));
    await farm.store.configure({ order: 'deadline', lostShare: 0, backoffSeconds: 1, ...rules });
    return farm;
  }

  /** Another farm over the same connection, which stays this one's to close. */
  async sibling(name: string, rules: Partial<FarmRules>): Promise<QueueFarm> {
    const farm = new QueueFarm(this.#server, new FarmStore(this.store.redis, name));
    await farm.store.configure({ backoffSeconds: 1, ...rules });
    return farm;
  }

  /** Removes every key of this farm. */
  async forget(): Promise<void> {
    const keys = await this.store.redis.keys(`${this.store.prefix}*`);
    if (keys.length > 0) await this.store.redis.unlink(...keys);
  }

  close(): void {
    for (const redis of this.#connections) redis.disconnect();
  }

  /** One more connection, for what blocks. */
  another(): FarmStore {
    const redis = connect(this.#server);
    this.#connections.push(redis);
    return this.store.over(redis);
  }

  /** A worker that has entered the registry. */
  async worker(id: string): Promise<Seat> {
    const seat = new Seat({ id, pod: `pod-of-${id}` }, this.store, this.another());
    await seat.register();
    return seat;
  }

  async admit(...tasks: readonly NewTask[]): Promise<void> {
    const admissions = await this.submissions.admit(tasks);
    const refused = admissions.find(({ kind }) => kind !== 'admitted');
    if (refused) throw new Error(`Expected to admit all tasks, ${refused.id} is ${refused.kind}.`);
  }

  collect(): Promise<readonly Collected[]> {
    return this.results.collect('collector', { most: 1000, keepSeconds: 60, waitSeconds: 0 });
  }

  /** As if so much time had passed, with somebody looking after the farm all the while; then looks once more. */
  async pass(seconds: number, ...locks: readonly string[]): Promise<void> {
    await this.shift(seconds, ...locks);
    await this.store.tick();
  }

  /** As if nobody had looked for so long; then looks. */
  async passUnseen(seconds: number): Promise<void> {
    await this.shift(seconds);
    const [{ redis }, reaper] = [this.store, this.store.key('reaper')];
    if ((await redis.hexists(reaper, 'at')) === 1) await redis.hincrby(reaper, 'at', -toMicros(seconds));
    await this.store.tick();
  }

  /** As `pass`, without the look. */
  async shift(seconds: number, ...locks: readonly string[]): Promise<void> {
    await this.store.redis.eval(PASS, 1, this.store.prefix, toMicros(seconds), ...locks);
  }

  async stateOf(id: TaskId): Promise<string | undefined> {
    return (await this.results.read(id))?.status;
  }

  audit(): Promise<Audit> {
    return audit(this.store);
  }
}

function connect(server: PrivateRedis): Redis {
  return connectRedis({ url: server.url }, () => undefined);
}

/** The lease in a reply that must hold one. */
export function leaseOf(reply: ClaimReply | undefined): Lease {
  if (reply?.kind !== 'task') throw new Error(`Expected a task, got ${JSON.stringify(reply)}.`);
  return reply.lease;
}

/** Every task accounted for. */
export const SOUND: Audit = { dropped: 0, duplicated: 0, complaints: [] };
