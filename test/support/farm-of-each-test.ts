import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { PrivateRedis } from './private-redis.ts';
import { QueueFarm, SOUND } from './queue-farm.ts';

/** Hands every test of a file a farm of its own, on one Redis for all of them; after each test its books must be sound. */
export function farmOfEachTest(take: (farm: QueueFarm) => unknown): void {
  let server: PrivateRedis;
  let farm: QueueFarm;
  beforeAll(async () => {
    server = await PrivateRedis.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    farm = await QueueFarm.open(server);
    take(farm);
  });
  afterEach(async () => {
    expect(await farm.audit()).toEqual(SOUND);
    farm.close();
  });
}
