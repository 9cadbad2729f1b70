import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FarmProcesses, accountedFor } from '../support/farm-processes.ts';
import { eventually } from '../support/worker-process.ts';

/** Debian's package `faketime`; there is one folder for each architecture. */
const library = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'))
  .find((file) => existsSync(file));
const why = library === undefined ? ' (skipped: libfaketime is not here; apt-get install faketime)' : '';

let farm: FarmProcesses;

beforeEach(async () => {
  farm = await FarmProcesses.open({ leaseSeconds: 5 });
});
afterEach(() => farm.close());

/** Only the wall clock is wrong: no clock that counts durations ever jumps. */
function wallClock(setting: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { LD_PRELOAD: library ?? '', FAKETIME_DONT_FAKE_MONOTONIC: '1', ...setting };
}

/** How far a process's wall clock is from this one's, by its own log, in seconds. */
function aheadSeconds(line: Readonly<Record<string, unknown>>): number {
  return (Date.parse(String(line['time'])) - Date.now()) / 1000;
}

test.skipIf(library === undefined)(
  `programs whose wall clocks are wrong or jump change no Result's times and no verdict${why}`,
  async () => {
    const jumping = join(farm.redis.folder, 'emitter-clock');
    const jumpTo = (offset: string): void => {
      writeFileSync(`${jumping}.new`, offset);
      renameSync(`${jumping}.new`, jumping);
    };
    jumpTo('+0');
    const worker = await farm.worker({ env: wallClock({ FAKETIME: '+3h' }) });
    const collector = await farm.start('collector', { env: wallClock({ FAKETIME: '-1d' }) });
    const emitter = await farm.start('emitter', {
      env: wallClock({ FAKETIME_TIMESTAMP_FILE: jumping, FAKETIME_NO_CACHE: '1' }),
    });
    // Are they as wrong as they should be? Otherwise this test shows nothing.
    expect(aheadSeconds(await worker.line('listening'))).toBeGreaterThan(10_000);
    expect(aheadSeconds(await collector.line('listening'))).toBeLessThan(-80_000);

    const { store, results } = farm.farm;
    const startedSeconds = await store.nowSeconds();
    const spec = {
      phases: [{ seconds: 3, multiplier: 1 }],
      baseRatePerSecond: 8,
      service: { meanSeconds: 0.05 },
      deadlineFactor: 300,
    };
    const total = await eventually(async () => {
      const { status, text } = await emitter.call('/load', { method: 'POST', body: JSON.stringify(spec) });
      return status === 202 ? (JSON.parse(text) as { readonly total: number }).total : undefined;
    });
    for (const [share, offset] of [
      [0.2, '+2d'],
      [0.4, '-5h'],
      [0.6, '+400d'],
      [0.8, '+0'],
    ] as const) {
      await eventually(async () =>
        (await farm.farm.control.observe(0)).counters.admitted >= share * total ? true : undefined,
      );
      jumpTo(offset);
    }
    const { status, text } = await emitter.call('/tasks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ type: 'calibrated', options: { serviceSeconds: 0.05 }, deadlineSeconds: 30 }]),
    });
    expect(text).toContain('"admitted":1');
    expect(status).toBe(202);
    await eventually(async () =>
      (await farm.farm.control.observe(0)).counters.admitted === total + 1 ? true : undefined,
    );
    const settled = await farm.settled();
    const endedSeconds = await store.nowSeconds();
    const books = { met: total + 1, missed: 0, attemptsFailed: 0, lateAnswers: 0 };
    expect(settled).toMatchObject(accountedFor(total + 1, books));
    const { ids } = await results.list('results', 0, 1000);
    for (const id of ids) {
      const result = await results.read(id);
      if (result?.status !== 'done') throw new Error(`Expected ${id} to be done.`);
      expect(result.generatedAtSeconds).toBeGreaterThanOrEqual(startedSeconds);
      expect(result.collectedAtSeconds).toBeGreaterThanOrEqual(result.generatedAtSeconds);
      expect(result.collectedAtSeconds).toBeLessThanOrEqual(endedSeconds);
      expect(result.serviceSeconds).toBeLessThan(endedSeconds - startedSeconds);
    }
  },
);

test.skipIf(library === undefined)(
  `a worker whose wall clock is 30 days late acknowledges a SYN in time${why}`,
  async () => {
    const worker = await farm.worker({ env: wallClock({ FAKETIME: '-30d' }) });
    await farm.admit([0.2]);
    await farm.settled();
    const { farm: queue } = farm;
    await queue.control.sendSyn(1, 1, { stepSeconds: 20, staleSeconds: 4 });
    await worker.line('SYN acknowledged');
    expect((await queue.control.observe(0)).counters).toMatchObject({ synExpired: 0, ackRefused: 0 });
  },
);
