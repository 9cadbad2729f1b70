import { afterEach, beforeEach, expect, test } from 'vitest';
import { FarmProcesses, accountedFor, killed } from '../support/farm-processes.ts';
import { eventually } from '../support/worker-process.ts';

let farm: FarmProcesses;

beforeEach(async () => {
  farm = await FarmProcesses.open();
});
afterEach(() => farm.close());

/** Tasks that are answered and wait for a collector. */
async function answers(count: number): Promise<void> {
  await farm.worker();
  await farm.admit(Array.from({ length: count }, () => 0.01));
  await eventually(async () =>
    (await farm.farm.control.observe(0)).held.answered === count ? true : undefined,
  );
}

test.each([
  ['before it has recorded any', 'before'],
  ['after it has recorded all, and knows nothing of it', 'after'],
] as const)('a collector killed with answers queued, %s, is replaced by another', async (_name, side) => {
  await answers(20);
  const gate = await farm.gate();
  const held = gate.holdAt({ side, matches: ({ name }) => name === 'collect' });
  const collector = await farm.start('collector', { gate });
  await held;
  await killed(collector);
  await farm.start('collector');
  expect(await farm.settled()).toMatchObject(accountedFor(20, { completed: 20, lateAnswers: 0 }));
});

test('a collector killed before, between and after deleting blobs leaves them to the next', async () => {
  const { farm: queue } = farm;
  for (const nth of [1, 2, 3]) {
    await queue.store.redis.set(`farmhand-blob:${queue.store.farm}:blob-${String(nth)}`, 'bytes');
    await queue.store.run('reserve-blobs', [0, 0, `blob-${String(nth)}`, 5]);
    const gate = await farm.gate();
    const deletes = ['expire', 'unlink', 'blobs-deleted'];
    const held = gate.holdAt({ side: 'before', nth, matches: ({ name }) => deletes.includes(name) });
    const collector = await farm.start('collector', { gate });
    await held;
    await killed(collector);
  }
  await farm.start('collector');
  await eventually(async () => ((await queue.control.observe(0)).blobBytes === 0 ? true : undefined));
  expect(await queue.store.redis.keys(`farmhand-blob:${queue.store.farm}:*`)).toEqual([]);
  expect(await farm.settled()).toMatchObject(accountedFor(0));
});

test('two collectors under load, one after the other killed and replaced, record every Result once', async () => {
  await Promise.all([farm.worker(), farm.worker()]);
  const collectors = [await farm.start('collector'), await farm.start('collector')];
  for (let kill = 1; kill <= 3; kill += 1) {
    const ids = await farm.admit(Array.from({ length: 60 }, () => 0.01));
    // Somewhere in the middle of them.
    await eventually(async () =>
      (await farm.farm.stateOf(ids[15 * kill] ?? '')) === 'done' ? true : undefined,
    );
    const collector = collectors.shift();
    if (collector !== undefined) await killed(collector);
    collectors.push(await farm.start('collector'));
  }
  expect(await farm.settled()).toMatchObject(accountedFor(180, { completed: 180, attemptsFailed: 0 }));
});
