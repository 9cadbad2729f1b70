import { expect, test } from 'vitest';
import { LoadPlan } from '../../../emitter/load-plan.ts';
import { parseLoadSetting, parseLoadSpec } from '../../../emitter/load-spec.ts';

const burst = { phases: [{ seconds: 3, multiplier: 1 }], baseRatePerSecond: 100, seed: 7 };

test.each([
  [{}, 'phases'],
  [[], 'body'],
  [{ workload: 'paper-' }, 'workload'],
  [{ workload: 'paper', phases: [{ seconds: 1, multiplier: 1 }] }, 'phases'],
  [{ ...burst, phases: [{ seconds: 1 }] }, 'phases[0]'],
  [{ ...burst, phases: [{ seconds: -1, multiplier: 1 }] }, 'phases[0].seconds'],
  [{ ...burst, baseRatePerSecond: 1e5, phases: [{ seconds: 1e5, multiplier: 1 }] }, 'baseRatePerSecond'],
  [{ ...burst, seed: 0.5 }, 'seed'],
  [{ ...burst, type: 'image' }, 'type'],
  [{ ...burst, speed: 2 }, 'speed'],
])('a load like %j is refused, naming %s', (load, field) => {
  expect(() => parseLoadSpec(load)).toThrow(new RegExp(`^${field.replace(/[[\]]/g, '\\$&')}: `));
});

test('the variable LOAD holds the name of a workload or a spec', () => {
  expect(parseLoadSetting('paper')).toMatchObject({ workload: 'paper', seed: 1, type: 'calibrated' });
  expect(parseLoadSetting(JSON.stringify(burst))).toMatchObject(burst);
  expect(() => parseLoadSetting('papers')).toThrow(/^LOAD: must be one of paper, /);
});

test('a spec that was stored as JSON is read as the same spec', () => {
  const swing = { seconds: 9, midpoint: 1, amplitude: 0.5, cycles: 2 };
  const spec = parseLoadSpec({ ...burst, phases: [swing, ...burst.phases], service: { meanSeconds: 2 } });
  expect(parseLoadSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test('the ids of a load follow from its secret, and differ with it', () => {
  const ids = (secret: string): string[] =>
    new LoadPlan(parseLoadSpec(burst), secret).dueTasks(0, Infinity, 1000).map(({ id }) => id);
  const one = ids('one');
  expect(one).toEqual(ids('one'));
  expect(new Set([...one, ...ids('two')]).size).toBe(2 * one.length);
  expect(one[0]).toMatch(/^[\w-]{22}$/);
});

test('a load at twice the speed has half the gaps, and twice the announced rate', () => {
  const [usual, fast] = [1, 2].map((timeScale) => new LoadPlan(parseLoadSpec({ ...burst, timeScale }), 's'));
  expect(fast?.dueSeconds(50)).toBeCloseTo((usual?.dueSeconds(50) ?? 0) / 2, 9);
  expect(usual?.ratesPerSecond(0).slice(0, 4)).toEqual([100, 100, 100, 0]);
  expect(fast?.ratesPerSecond(0).slice(0, 3)).toEqual([200, 200, 0]);
});
