import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewTask } from '../../../shared/farm/task.ts';
import { tasks } from '../../support/build-task.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { DONE, QueueFarm, SOUND } from '../../support/queue-farm.ts';

const ROUNDS = 3;
const EMITTERS = 3;
const WORKERS = 3;
/** Acknowledged between the start of a round and the kill. */
const ACKNOWLEDGED = 60;
const PROMISES = {
  always: 'has lost nothing that it acknowledged',
  everysec: 'has lost nothing but of its last second, and that can be sent again',
};

for (const appendfsync of ['always', 'everysec'] as const) {
  describe(`a Redis with appendfsync ${appendfsync} that is killed in the middle of everything`, () => {
    let server: PrivateRedis;
    let farm: QueueFarm;

    beforeEach(async () => {
      server = await PrivateRedis.start({ appendfsync });
      farm = await QueueFarm.open(server);
    });
    afterEach(async () => {
      farm.close();
      await server.stop();
    });

    test(`${PROMISES[appendfsync]}: every task ends with one Result`, async () => {
      const admitted: NewTask[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const begun = admitted.length;
        await playUntilKilled(admitted);
        // While it forces the file to the disk in the background, Redis acknowledges what it has not yet written.
        if (appendfsync === 'everysec') await farm.submissions.admit(admitted.slice(begun));
      }
      // A lease whose answer was lost ends, then its back-off does.
      for (let look = 0; look < 4; look += 1) await farm.pass(20);
      await finishAll();
      expect(await farm.audit()).toEqual(SOUND);
      for (const { id } of admitted) expect(await farm.stateOf(id)).toBe('done');
      const { counters } = await farm.control.observe(0);
      expect(counters.completed).toBe(counters.admitted);
    });

    /** Emitters admit and workers work until so much was acknowledged; then Redis dies under them and comes back. */
    async function playUntilKilled(admitted: NewTask[]): Promise<void> {
      const enough = Promise.withResolvers<undefined>();
      const life = { over: false };
      const begun = admitted.length;
      const emit = async (): Promise<void> => {
        while (!life.over) {
          const made = tasks(2);
          await farm.submissions.admit(made);
          admitted.push(...made);
          if (admitted.length - begun >= ACKNOWLEDGED) enough.resolve(undefined);
        }
      };
      const work = async (name: string): Promise<void> => {
        const worker = await farm.worker(name);
        while (!life.over) {
          const reply = await worker.claim(0);
          if (reply.kind === 'task') await worker.answer(reply.lease, DONE);
          await farm.collect();
        }
      };
      const all = Promise.all([
        ...Array.from({ length: EMITTERS }, emit),
        ...Array.from({ length: WORKERS }, (_, index) => work(`w${String(begun)}-${String(index)}`)),
      ]);
      await enough.promise;
      await server.kill();
      life.over = true;
      await server.restart();
      await all;
    }

    async function finishAll(): Promise<void> {
      const worker = await farm.worker('last');
      for (;;) {
        const reply = await worker.claim(0);
        if (reply.kind !== 'task') break;
        await worker.answer(reply.lease, DONE);
      }
      while ((await farm.collect()).length > 0);
    }
  });
}
