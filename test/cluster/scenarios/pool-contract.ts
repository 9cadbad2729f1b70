import { POOL_CONTRACT, scaled, settled } from '../../support/pool-contract.ts';
import { PoolDriver } from '../pool-driver.ts';
import type { Scenario } from '../scenario.ts';

// The same is asked of local processes by test/integration/autoscaler/pool-contract.test.ts.
export const scenario: Scenario = {
  name: 'A pool of pods keeps the contract that a pool of local processes keeps',
  farm: { workers: 2 },
  async run(scene) {
    const driver = await PoolDriver.open(scene);
    for (const [name, hold] of Object.entries(POOL_CONTRACT)) {
      await scaled(driver, 2);
      await settled(driver, 2);
      const begun = performance.now();
      try {
        await hold(driver);
      } catch (error) {
        throw new Error(`It does not hold that the pool ${name}`, { cause: error });
      }
      scene.say(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
  },
};
