import { expect, test } from 'vitest';
import { AUTOSCALER_SETTINGS_SHAPE } from '../../autoscaler/settings.ts';
import { FARM_SETTINGS_SHAPE } from '../../shared/io/farm-settings.ts';
import { openFarm } from '../../shared/io/redis/open-farm.ts';
import { InvalidSetting, readSettings } from '../../shared/io/settings.ts';

test.each([
  ['REDIS_URL', 'http://me:s3cr3t@host:6379'],
  ['REDIS_URL', 'redis//:s3/cr@3t@host:6379'],
  ['REDIS_URL', 'redis://:s3cr3t @host:6379'],
  ['KUBERNETES_API_URL', 'https://me:s3cr3t@host:6443'],
  ['KUBERNETES_API_URL', 'ftp://me:s3cr3t@host:6443'],
])('a %s that cannot be used is refused without its password', (variable, text) => {
  const shape = { ...FARM_SETTINGS_SHAPE, ...AUTOSCALER_SETTINGS_SHAPE };
  const reading = (): unknown => readSettings(shape, { [variable]: text });
  expect(reading).toThrow(InvalidSetting);
  expect(reading).toThrow(variable);
  expect(reading).toThrow('…@host');
  expect(reading).not.toThrow(/3t/);
});

test('an address of Redis in a secret that cannot be used is refused by the name of the secret alone', () => {
  const surroundings = {
    env: { REDIS_URL_SECRET: 'where' },
    secret: (name: string) => (name === 'where' ? 'host:6379 s3cr3t' : undefined),
    reportDependency: () => undefined,
  };
  expect(() => openFarm(surroundings)).toThrow(/^REDIS_URL_SECRET .*"where"/);
  expect(() => openFarm(surroundings)).not.toThrow('s3cr3t');
});
