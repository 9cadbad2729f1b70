import { describe, expect, test } from 'vitest';
import { SCHEMA_VERSION } from '../../../shared/farm/schema-version.ts';
import { Submissions } from '../../../shared/io/redis/submissions.ts';
import { aTask, tasks } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

async function admitMany(count: number): Promise<void> {
  const wide = new Submissions(farm.store, { maxWaiting: 10_000, idempotencySeconds: 60 });
  const admitted = await wide.admit(tasks(count));
  expect(admitted.every(({ kind }) => kind === 'admitted')).toBe(true);
}

const size = (name: string): Promise<number> => farm.store.redis.zcard(farm.store.key(name));

describe('a change of the dispatch order', () => {
  test('into fifo finds the tasks that wait already, however many, and those that came meanwhile', async () => {
    const oldest = aTask({ deadlineSeconds: 100 });
    await farm.admit(oldest);
    await admitMany(2500);
    // The first step of the change, and then its process is gone.
    await farm.store.run('configure', [SCHEMA_VERSION, '0', 'order', 'fifo']);
    expect(await size('arrival')).toBeLessThan(2500);
    await admitMany(1);
    const [a, b] = [await farm.worker('a'), await farm.worker('b')];
    expect(leaseOf(await a.claim(0)).taskId).not.toBe(oldest.id);
    await farm.store.configure({ order: 'fifo' });
    expect(await size('arrival')).toBe(2501);
    expect(leaseOf(await b.claim(0)).taskId).toBe(oldest.id);
  });

  test('away from fifo, also where the change into it was never finished, leaves no index behind', async () => {
    await admitMany(1500);
    await farm.store.run('configure', [SCHEMA_VERSION, '0', 'order', 'fifo']);
    await farm.store.configure({ order: 'deadline' });
    expect(await size('arrival')).toBe(0);
    await farm.store.configure({ order: 'fifo' });
    expect(await size('arrival')).toBe(1500);
    await farm.store.configure({ order: 'triage' });
    await admitMany(1);
    expect(await size('arrival')).toBe(0);
  });

  test('into triage knows when the busy workers will be free, except those that drain', async () => {
    await farm.admit(...tasks(3));
    const workers = [await farm.worker('a'), await farm.worker('b'), await farm.worker('idle')];
    const leases = [await workers[0]?.claim(0), await workers[1]?.claim(0)].map(leaseOf);
    await farm.control.sendSyn(1, 2, { stepSeconds: 3, staleSeconds: 6 });
    await farm.store.configure({ order: 'triage' });
    expect(await size('finish')).toBe(1);
    for (const [index, lease] of leases.entries()) await workers[index]?.answer(lease, DONE);
    expect(await size('finish')).toBe(0);
  });
});
