import { expect, test } from 'vitest';

import { InvalidSettings, SETTINGS, readSettings } from '../../../template/farm-node22/settings.ts';

const launch = { args: [], pid: 42, workingFolder: '/work', templateFolder: '/home/app' };

test('an empty environment gives a loopback server with the defaults', () => {
  expect(readSettings({}, launch)).toEqual({
    name: 'function',
    instance: 'function-42',
    handlerFile: '/home/app/function/handler.ts',
    host: '127.0.0.1',
    port: 8080,
    privateDoor: true,
    maxInFlight: 0,
    maxBodyBytes: 67_108_864,
    maxBodiesBytes: 134_217_728,
    graceSeconds: 25,
    logLevel: 'info',
    secretsFolder: '/var/openfaas/secrets',
    auth: 'on',
    authSecret: 'farmhand-token',
    stopWithParent: false,
  });
});

test('an empty value counts as not set', () => {
  expect(readSettings({ PORT: '', AUTH: '' }, launch).port).toBe(8080);
});

test('every bad value is named with what was expected and what came', () => {
  const env = {
    PORT: '80 80',
    GRACE_SECONDS: '-1',
    LOG_LEVEL: 'verbose',
    AUTH: 'maybe',
    AUTH_SECRET: '../x',
  };
  const read = () => readSettings(env, launch);
  expect(read).toThrow(InvalidSettings);
  expect(read).toThrow('PORT: expected a whole number from 0 to 65535, got "80 80"');
  expect(read).toThrow('GRACE_SECONDS: expected a decimal number from 0.1 to 3600, got "-1"');
  expect(read).toThrow('LOG_LEVEL: expected one of debug, info, warn, error, got "verbose"');
  expect(read).toThrow('AUTH: expected one of on, off, got "maybe"');
  expect(read).toThrow('AUTH_SECRET: expected a file name');
});

test('the port of of-watchdog wins, and loopback behind it is no private door', () => {
  const settings = readSettings({ http_port: '3000', PORT: '9000', HOST: '127.0.0.1' }, launch);
  expect([settings.port, settings.privateDoor]).toEqual([3000, false]);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.example.org', false],
])('listening on %s is private: %s', (host, isPrivate) => {
  expect(readSettings({ HOST: host }, launch).privateDoor).toBe(isPrivate);
});

test('the handler comes from the first argument, else from FUNCTION_HANDLER, relative to the working folder', () => {
  const env = { FUNCTION_HANDLER: 'emitter/handler.ts' };
  expect(readSettings(env, launch)).toMatchObject({
    handlerFile: '/work/emitter/handler.ts',
    name: 'emitter',
  });
  const args = ['worker/handler.ts'];
  expect(readSettings(env, { ...launch, args })).toMatchObject({
    handlerFile: '/work/worker/handler.ts',
    name: 'worker',
  });
});

test('OPENFAAS_NAME wins over FUNCTION_NAME', () => {
  expect(readSettings({ OPENFAAS_NAME: 'a', FUNCTION_NAME: 'b' }, launch).name).toBe('a');
  expect(readSettings({ FUNCTION_NAME: 'b' }, launch).name).toBe('b');
});

test('HOSTNAME names the instance in a pod or as process 1, not on a laptop where many share it', () => {
  expect(readSettings({ HOSTNAME: 'laptop' }, launch).instance).toBe('function-42');
  expect(readSettings({ HOSTNAME: 'box' }, { ...launch, pid: 1 }).instance).toBe('box');
  const pod = { HOSTNAME: 'worker-7d4b-x2', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect(readSettings(pod, launch).instance).toBe('worker-7d4b-x2');
  expect(readSettings({ ...pod, INSTANCE: 'w1' }, launch).instance).toBe('w1');
});

test('the table has a unit and a meaning for every setting, and its defaults are the ones that apply', () => {
  for (const row of SETTINGS)
    expect(row.unit === 'undefined' || row.meaning === 'undefined', row.name).toBe(false);
  const asEnv = Object.fromEntries(SETTINGS.map((row) => [row.name, row.default]));
  expect(readSettings(asEnv, launch)).toEqual(readSettings({}, launch));
});
