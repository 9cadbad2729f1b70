import { expect, test } from 'vitest';

import type { FunctionModule } from '../../../template/farm-node22/contract.ts';
import { Doors, NoToken } from '../../../template/farm-node22/doors.ts';
import { readSettings } from '../../../template/farm-node22/settings.ts';

const launch = { args: [], pid: 42, workingFolder: '/work', templateFolder: '/home/app' };
const handle = () => Promise.resolve({ status: 200 });

interface Case {
  readonly env?: Record<string, string>;
  readonly module?: FunctionModule;
  readonly token?: string | undefined;
}

function doorsOf({ env = { HOST: '0.0.0.0' }, module = { handle }, token }: Case): Doors {
  return new Doors(readSettings(env, launch), module, () => token);
}

function statusOf(doors: Doors, headers: Record<string, string>, method = 'GET', path = '/'): number {
  try {
    doors.check({ method, path, headers });
    return 200;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

test('a function that says nothing about its doors needs a token beyond loopback', () => {
  expect(() => doorsOf({}).checkStart()).toThrow(NoToken);
  expect(() => doorsOf({ env: { http_port: '3000' } }).checkStart()).toThrow(NoToken);
  expect(doorsOf({ token: 'x' }).checkStart()).toBeUndefined();
  expect(doorsOf({ env: {} }).checkStart()).toBeUndefined();
});

test('a function without handle, or with open doors, needs none', () => {
  expect(doorsOf({ module: { run: () => Promise.resolve() } }).checkStart()).toBeUndefined();
  const open = doorsOf({ module: { handle, doors: 'open' } });
  expect([open.checkStart(), statusOf(open, {})]).toEqual([undefined, 200]);
});

test('AUTH=off opens the doors and has a warning for the log', () => {
  const doors = doorsOf({ env: { HOST: '0.0.0.0', AUTH: 'off' }, token: 'x' });
  expect([doors.checkStart(), statusOf(doors, {})]).toEqual([expect.stringContaining('AUTH=off'), 200]);
});

test.each([
  [{}, 401],
  [{ authorization: 'Basic czNjcmV0' }, 401],
  [{ authorization: 'Bearer ' }, 401],
  [{ authorization: 'Bearer other' }, 403],
  [{ authorization: 'Bearer s3cret2' }, 403],
  [{ authorization: 'Bearer s3cret' }, 200],
  [{ authorization: 'bearer  s3cret ' }, 200],
])('with the headers %j the answer is %i', (headers, status) => {
  expect(statusOf(doorsOf({ token: 's3cret' }), headers)).toBe(status);
});

test('open paths are exact, for every method or for one', () => {
  const doors = doorsOf({ token: 'x', module: { handle, openPaths: ['/docs', 'POST /'] } });
  expect(statusOf(doors, {}, 'GET', '/docs')).toBe(200);
  expect(statusOf(doors, {}, 'POST', '/')).toBe(200);
  expect(statusOf(doors, {}, 'GET', '/')).toBe(401);
  expect(statusOf(doors, {}, 'GET', '/docs/')).toBe(401);
  expect(statusOf(doors, {}, 'POST', '//')).toBe(401);
});

test('a token that disappears closes the door beyond loopback', () => {
  expect(statusOf(doorsOf({}), { authorization: 'Bearer undefined' })).toBe(503);
});

test.each([
  [{ host: '127.0.0.1:8080' }, 200],
  [{ host: '[::1]:8080' }, 200],
  [{ host: 'localhost', origin: 'http://localhost:3000' }, 200],
  [{ host: '127.0.0.1:8080', origin: 'https://example.org' }, 403],
  [{ host: '127.0.0.1:8080', origin: 'null' }, 403],
  [{ host: 'rebound.example.org' }, 403],
])(
  'loopback without a token serves programs of this machine, not web pages: %j gives %i',
  (headers, status) => {
    expect(statusOf(doorsOf({ env: {} }), headers)).toBe(status);
  },
);
