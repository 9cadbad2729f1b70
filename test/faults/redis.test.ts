import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tasks } from '../support/build-task.ts';
import { FarmProcesses, accountedFor } from '../support/farm-processes.ts';
import type { RedisGate } from '../support/redis-gate.ts';
import { eventually } from '../support/worker-process.ts';

/** Leases as they are by default: nothing that a short outage could end. */
const RULES = { leaseSeconds: 5 };

test('Redis killed and started again under load loses nothing that it had acknowledged', async () => {
  const farm = await FarmProcesses.open(RULES, { appendfsync: 'always' });
  onTestFinished(() => farm.close());
  await Promise.all([farm.worker(), farm.worker(), farm.worker(), farm.start('collector')]);
  const admitted = new Set<string>();
  for (let kill = 1; kill <= 3; kill += 1) {
    const before = admitted.size;
    // Admissions go on while it is down: those that it has not answered are sent again.
    const admissions = (async () => {
      for (let burst = 0; burst < 20; burst += 1) {
        const some = tasks(3, { options: '{"serviceSeconds":0.05}', deadlineSeconds: 60 });
        for (const { kind, id } of await farm.farm.submissions.admit(some)) {
          // `same`: it had been let in, and the answer was lost with the connection.
          if (kind === 'admitted' || kind === 'same') admitted.add(id);
        }
      }
    })();
    await eventually(() => Promise.resolve(admitted.size >= before + 15 * kill ? true : undefined));
    await farm.redis.kill();
    await farm.redis.restart();
    await admissions;
  }
  const books = { attemptsFailed: 0, retried: 0, completed: 180 };
  expect(await farm.settled()).toMatchObject(accountedFor(180, books));
  const states = await Promise.all([...admitted].map((id) => farm.farm.stateOf(id)));
  expect(new Set(states)).toEqual(new Set(['done']));
});

/** Longer than any lease, any back-off and any patience. */
const AWAY_SECONDS = 30;

interface Outage {
  readonly begin: (farm: FarmProcesses, gate: RedisGate) => void;
  readonly end: (farm: FarmProcesses, gate: RedisGate) => void;
}

const outages: readonly (readonly [string, Outage])[] = [
  [
    'that has stopped answering',
    {
      begin: (farm) => process.kill(farm.redis.pid, 'SIGSTOP'),
      end: (farm) => process.kill(farm.redis.pid, 'SIGCONT'),
    },
  ],
  [
    'that nobody reaches',
    {
      begin: (_farm, gate) => {
        gate.cut();
      },
      end: (_farm, gate) => {
        gate.mend();
      },
    },
  ],
];

describe.concurrent('a Redis away for 30 s', () => {
  test.for(outages)(
    '%s costs no attempt, and no task is done twice',
    async ([, outage], { expect, onTestFinished }) => {
      const farm = await FarmProcesses.open(RULES);
      onTestFinished(() => farm.close());
      const gate = await farm.gate();
      const workers = await Promise.all([1, 2, 3].map(() => farm.worker({ gate })));
      const collector = await farm.start('collector', { gate });
      const inHand = await farm.admit([AWAY_SECONDS + 2, 4, AWAY_SECONDS / 2]);
      await Promise.all(inHand.map((id) => farm.underWay(id)));
      await farm.admit(Array.from({ length: 20 }, () => 0.05));
      outage.begin(farm, gate);
      await delay(AWAY_SECONDS * 1000);
      // None has ended, and none says that it should be ended.
      const health = await Promise.all([...workers, collector].map((each) => each.call('/_/health')));
      expect(health.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      outage.end(farm, gate);
      const settled = await farm.settled();
      expect(settled).toMatchObject(accountedFor(23, { attemptsFailed: 0, retried: 0, completed: 23 }));
      // A hand-over that was under way may have gone back.
      expect(settled.counters.claimed).toBeLessThanOrEqual(23 + 3);
      expect(settled.counters.lateAnswers).toBe(0);
    },
  );
});

test('a connection that swallows everything and never closes is given up, and the farm goes on over another', async () => {
  const farm = await FarmProcesses.open(RULES);
  onTestFinished(() => farm.close());
  const gate = await farm.gate();
  await Promise.all([farm.worker({ gate }), farm.worker({ gate }), farm.start('collector', { gate })]);
  const [id = ''] = await farm.admit([1]);
  await farm.underWay(id);
  gate.swallow();
  await farm.admit([0.05, 0.05, 0.05, 0.05]);
  expect(await farm.settled()).toMatchObject(accountedFor(5, { completed: 5 }));
});
