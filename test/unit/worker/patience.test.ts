import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isRefusedForNow, patiently } from '../../../worker/patience.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

test('a step that is refused is tried again once a second, until it succeeds', async () => {
  let tries = 0;
  const refusals: unknown[] = [];
  const step = (): Promise<number> => {
    tries += 1;
    return tries < 4 ? Promise.reject(new Error('OOM')) : Promise.resolve(tries);
  };
  const done = patiently(step, { signal: never, onRefusal: (error) => refusals.push(error) });
  await vi.advanceTimersByTimeAsync(2500);
  expect(tries).toBe(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await done).toBe(4);
  expect(refusals).toHaveLength(3);
});

test('a refusal that somebody has to mend is met ever more seldom, up to half a minute', async () => {
  const waits: number[] = [];
  const refused = (): Promise<number> => Promise.reject(new Error('NOAUTH Authentication required.'));
  const stop = new AbortController();
  const onRefusal = (_error: unknown, retrySeconds: number): void => {
    waits.push(retrySeconds);
  };
  const done = patiently(refused, { signal: stop.signal, onRefusal });
  await vi.advanceTimersByTimeAsync(100_000);
  stop.abort();
  expect(await done).toBeUndefined();
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
});

test('a step is given up when the signal aborts, also one that never ends', async () => {
  const stop = new AbortController();
  const endless = (): Promise<string> => new Promise(() => undefined);
  const done = patiently(endless, { signal: stop.signal, onRefusal: () => undefined });
  stop.abort();
  expect(await done).toBeUndefined();
});

test('only what Redis may accept later is worth another try of an input or an output', async () => {
  const broken = (): Promise<never> => Promise.reject(new Error('ERR Protocol error'));
  const patience = { signal: never, onRefusal: () => undefined };
  await expect(patiently(broken, patience, isRefusedForNow)).rejects.toThrow('Protocol error');
  expect(isRefusedForNow(new Error('OOM command not allowed when used memory > maxmemory'))).toBe(true);
  expect(isRefusedForNow(new Error('ERR OOM'))).toBe(false);
});
