import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseTask, DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { Candidate, DispatchRule } from '../../shared/farm/dispatch-order.ts';
import { connectRedis } from '../../shared/io/redis/connection.ts';
import { withParts } from '../../shared/io/redis/script.ts';
import { PrivateRedis } from '../support/private-redis.ts';

/** Runs the farm's own choice on keys that the test wrote, at a moment that the test names. */
const CHOOSE = withParts(`
local P, call, now = KEYS[1], redis.call, tonumber(ARGV[1])
-- @include settings
-- @include dispatch
return takeTask()
`);

/** 1/64 s is a whole number of microseconds and a binary fraction of a second: no rounding on either side. */
const TICK_SECONDS = 1 / 64;
const NOW_SECONDS = 1_790_000_000;
const PREFIX = 'farmhand:{parity}:';

interface Moment {
  readonly waiting: readonly Candidate[];
  readonly busyUntilSeconds: readonly number[];
  readonly idleWorkers: number;
  readonly claimNumber: number;
  readonly rule: DispatchRule;
}

const ticks = (from: number, to: number): fc.Arbitrary<number> =>
  fc.integer({ min: from, max: to }).map((count) => count * TICK_SECONDS);

/** From a crowd within a second of now to a spread over a minute, long-lost tasks among them. */
const latestStart = fc.oneof(
  { weight: 4, arbitrary: ticks(-10, 64) },
  { weight: 2, arbitrary: ticks(-64 * 25, 64 * 30) },
  { weight: 1, arbitrary: fc.constantFrom(-20, -20 - TICK_SECONDS, 0) },
);
const service = fc.oneof(ticks(1, 8), ticks(1, 64), fc.constantFrom(0.25, 0.5));

const candidates = fc
  .uniqueArray(
    fc.record({ name: fc.integer({ min: 0, max: 999 }), latestStart, service, age: ticks(0, 64 * 40) }),
    { maxLength: 80, selector: ({ name }) => name, size: 'max' },
  )
  .map((drawn) =>
    drawn.map((task) => ({
      id: `task-${String(task.name)}`,
      generatedAtSeconds: NOW_SECONDS - task.age,
      latestStartSeconds: NOW_SECONDS + task.latestStart,
      expectedServiceSeconds: task.service,
    })),
  );

const moments: fc.Arbitrary<Moment> = fc.record({
  waiting: candidates,
  busyUntilSeconds: fc.array(
    ticks(-64, 128).map((tick) => NOW_SECONDS + tick),
    { maxLength: 12 },
  ),
  idleWorkers: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.constant(70)),
  claimNumber: fc.integer({ min: 1, max: 60 }),
  rule: fc.record({
    order: fc.constantFrom(...DISPATCH_ORDERS),
    lostShare: fc.integer({ min: 0, max: 5 }),
    triageLimit: fc.integer({ min: 1, max: 64 }),
  }),
});

function micros(seconds: number): number {
  return seconds * 1_000_000;
}

/** Writes the keys as admissions and leases leave them, and lets the script choose. */
async function chooseInRedis(redis: Redis, moment: Moment): Promise<string | null> {
  const { waiting, busyUntilSeconds, idleWorkers, rule } = moment;
  const pipeline = redis.pipeline().flushdb();
  pipeline.hset(`${PREFIX}config`, { ...rule });
  pipeline.hset(`${PREFIX}counters`, 'claimed', moment.claimNumber - 1);
  for (const task of waiting) {
    pipeline.zadd(`${PREFIX}waiting`, micros(task.latestStartSeconds), task.id);
    pipeline.zadd(`${PREFIX}arrival`, micros(task.generatedAtSeconds), task.id);
    pipeline.hset(`${PREFIX}task:${task.id}`, 'exp', micros(task.expectedServiceSeconds));
  }
  for (const [index, at] of busyUntilSeconds.entries()) {
    pipeline.zadd(`${PREFIX}finish`, micros(at), `busy-${String(index)}`);
  }
  for (let index = 0; index < idleWorkers; index += 1) {
    pipeline.zadd(`${PREFIX}waiters`, micros(NOW_SECONDS + 1), `idle-${String(index)}`);
  }
  pipeline.eval(CHOOSE, 1, PREFIX, micros(NOW_SECONDS), moment.claimNumber);
  const replies = (await pipeline.exec()) ?? [];
  const failure = replies.find(([error]) => error !== null);
  if (failure?.[0]) throw failure[0];
  return replies.at(-1)?.[1] as string | null;
}

/** Workers that wait are free now; then come the busy ones, soonest first. */
function chooseHere({ waiting, busyUntilSeconds, idleWorkers, claimNumber, rule }: Moment): string | null {
  const idle = Array.from({ length: idleWorkers }, () => NOW_SECONDS);
  const busy = busyUntilSeconds.map((at) => Math.max(at, NOW_SECONDS)).sort((a, b) => a - b);
  const othersFreeAtSeconds = [...idle, ...busy];
  const moment = { nowSeconds: NOW_SECONDS, claimNumber, othersFreeAtSeconds };
  return chooseTask(waiting, moment, rule)?.id ?? null;
}

let server: PrivateRedis;
let redis: Redis;

beforeAll(async () => {
  server = await PrivateRedis.start();
  redis = connectRedis({ url: server.url }, () => undefined);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

for (const order of DISPATCH_ORDERS) {
  test(`the ${order} order in Lua is the function in TypeScript, for any queue and any moment`, async () => {
    const chosen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(moments, async (drawn) => {
        const moment = { ...drawn, rule: { ...drawn.rule, order } };
        const here = chooseHere(moment);
        const index = moment.waiting
          .toSorted((a, b) => a.latestStartSeconds - b.latestStartSeconds)
          .findIndex(({ id }) => id === here);
        const kind = index < 0 ? 'none' : index === 0 ? 'first' : 'later';
        chosen.set(kind, (chosen.get(kind) ?? 0) + 1);
        expect(await chooseInRedis(redis, moment)).toBe(here);
      }),
      { numRuns: 600 },
    );
    // The draws are worth something only where the choice is not simply the head of the queue.
    expect(chosen.get('later')).toBeGreaterThan(100);
  });
}
