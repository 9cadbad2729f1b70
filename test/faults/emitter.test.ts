import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { BlobLedger, RedisBlobStore } from '../../shared/io/redis/blob-store.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { FarmProcesses, accountedFor, killed } from '../support/farm-processes.ts';
import { squareJpeg } from '../support/pictures.ts';
import type { TemplateProcess } from '../support/template-process.ts';
import { eventually } from '../support/worker-process.ts';

let farm: FarmProcesses;
let picture: Buffer;

beforeAll(async () => {
  picture = await squareJpeg(32);
});
beforeEach(async () => {
  farm = await FarmProcesses.open();
});
afterEach(() => farm.close());

/** Sends a picture once. @returns the id of its task; undefined where there was no answer, or a "try again" */
async function post(emitter: TemplateProcess, key: string): Promise<string | undefined> {
  const headers = { 'idempotency-key': key, 'content-type': 'image/jpeg', connection: 'close' };
  try {
    const { status, text } = await emitter.call('/?deadline=60s', { method: 'POST', headers, body: picture });
    if (status === 202) return (JSON.parse(text) as { readonly task: string }).task;
    if (status === 429 || status === 503) return undefined;
    throw new Error(`Expected 202, got ${String(status)}: ${text}`);
  } catch (error) {
    // What fetch throws where the connection breaks.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** As a client that does not give up. */
async function posted(emitter: () => TemplateProcess, key: string): Promise<string> {
  return eventually(() => post(emitter(), key));
}

/** After all uploads and Results have had their time: nothing may be left of any. */
async function expectNoBlobLeft(): Promise<void> {
  const { farm: queue } = farm;
  const ledger = new BlobLedger(queue.store, new RedisBlobStore(queue.store.redis, queue.store.farm));
  await queue.shift(3700);
  while ((await ledger.expire()) > 0);
  expect((await queue.control.observe(0)).blobBytes).toBe(0);
  expect(await queue.store.redis.keys(`farmhand-blob:${queue.store.farm}:*`)).toEqual([]);
}

/** Does something again and again; ends with the round in which the other thing has happened. */
async function repeatedUntil(happens: Promise<unknown>, work: () => Promise<unknown>): Promise<void> {
  let hasHappened = false;
  void happens.then(() => {
    hasHappened = true;
  });
  await eventually(async () => {
    await work();
    return hasHappened ? true : undefined;
  });
}

/** The writes of one submission with an input, in order. */
const WRITES = ['admit', 'reserve-blobs', 'set', 'admit'] as const;

test.each([
  [1, 'before', 'before its first word to the farm'],
  [2, 'before', 'before it has written its upload down'],
  [2, 'after', 'after it has written its upload down, before the bytes'],
  [3, 'after', 'after the bytes, before the task'],
  [4, 'after', 'after the task, before it has told its client'],
] as const)('an emitter killed at its write %i, %s it, makes one task: %s', async (...[nth, side]) => {
  const gate = await farm.gate();
  const first = await farm.start('emitter', { gate });
  const held = gate.holdAt({ side, nth, matches: ({ name }) => WRITES.some((write) => write === name) });
  // Until it has looked at the farm it asks its clients to come again.
  const posting = repeatedUntil(held, () => post(first, 'the-key'));
  expect((await held).name).toBe(WRITES[nth - 1]);
  await killed(first);
  await posting;
  const [second] = await Promise.all([farm.start('emitter'), farm.worker()]);
  const id = await posted(() => second, 'the-key');
  expect(await posted(() => second, 'the-key')).toBe(id);
  expect(await farm.settled()).toMatchObject(accountedFor(1, { completed: 1, attemptsFailed: 0 }));
  await expectNoBlobLeft();
});

test('an emitter killed again and again under submissions makes each of them one task', async () => {
  const random = new RandomStream(20, 'kills of the emitter');
  await Promise.all([farm.worker(), farm.start('collector')]);
  let emitter = await farm.start('emitter');
  let next = 0;
  const ids = new Map<string, string>();
  const client = async (): Promise<void> => {
    while (next < 120) {
      const key = `submission-${String((next += 1))}`;
      ids.set(key, await posted(() => emitter, key));
    }
  };
  const clients = Promise.all([client(), client(), client()]);
  for (let kill = 1; kill <= 3; kill += 1) {
    const upTo = kill * 25 + random.integer(0, 8);
    await eventually(() => Promise.resolve(next >= upTo ? true : undefined));
    await delay(random.integer(0, 20));
    await killed(emitter);
    emitter = await farm.start('emitter');
  }
  await clients;
  const settled = await farm.settled();
  expect(settled).toMatchObject(accountedFor(ids.size, { failed: 0, attemptsFailed: 0 }));
  expect(new Set(ids.values()).size).toBe(ids.size);
  await expectNoBlobLeft();
});

test('a load goes on after each death of its emitter, and emits every arrival exactly once', async () => {
  await Promise.all([farm.worker(), farm.worker()]);
  let emitter = await farm.start('emitter');
  const spec = {
    phases: [{ seconds: 5, multiplier: 1 }],
    baseRatePerSecond: 30,
    service: { meanSeconds: 0.02 },
    deadlineFactor: 100,
  };
  const begin = async (): Promise<number | undefined> => {
    const { status, text } = await emitter.call('/load', { method: 'POST', body: JSON.stringify(spec) });
    return status === 202 ? (JSON.parse(text) as { readonly total: number }).total : undefined;
  };
  const total = await eventually(begin);
  for (const share of [0.2, 0.6]) {
    await eventually(async () =>
      (await farm.farm.control.observe(0)).counters.admitted >= share * total ? true : undefined,
    );
    await killed(emitter);
    emitter = await farm.start('emitter');
  }
  await eventually(async () => {
    const { state } = JSON.parse((await emitter.call('/load')).text) as { readonly state?: string };
    return state === 'done' ? true : undefined;
  });
  expect(await farm.settled()).toMatchObject(accountedFor(total, { attemptsFailed: 0 }));
});

test.each(['before', 'after'] as const)(
  'an emitter killed just %s it has emitted arrivals loses and repeats none of them',
  async (side) => {
    await farm.worker();
    const gate = await farm.gate();
    const first = await farm.start('emitter', { gate });
    const held = gate.holdAt({ side, nth: 3, matches: ({ name }) => name === 'admit-arrivals' });
    const spec = {
      phases: [{ seconds: 2, multiplier: 1 }],
      baseRatePerSecond: 10,
      service: { meanSeconds: 0.02 },
    };
    const total = await eventually(async () => {
      const { status, text } = await first.call('/load', { method: 'POST', body: JSON.stringify(spec) });
      return status === 202 ? (JSON.parse(text) as { readonly total: number }).total : undefined;
    });
    await held;
    await killed(first);
    const second = await farm.start('emitter');
    await eventually(async () => {
      const { state } = JSON.parse((await second.call('/load')).text) as { readonly state?: string };
      return state === 'done' ? true : undefined;
    });
    expect(await farm.settled()).toMatchObject(accountedFor(total, { attemptsFailed: 0 }));
  },
);
