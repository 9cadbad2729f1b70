import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FarmProcesses, accountedFor, killed } from '../support/farm-processes.ts';
import type { HoldPoint } from '../support/redis-gate.ts';
import type { TemplateProcess } from '../support/template-process.ts';
import { eventually, workerIn } from '../support/worker-process.ts';

const SYN_OPTIONS = { stepSeconds: 20, staleSeconds: 10 };

let farm: FarmProcesses;

beforeEach(async () => {
  farm = await FarmProcesses.open();
});
afterEach(() => farm.close());

const before = (name: string): HoldPoint => ({ side: 'before', matches: (command) => command.name === name });
const after = (name: string): HoldPoint => ({ side: 'after', matches: (command) => command.name === name });

/** A worker that was killed just before, or just after, one of its commands; another one goes on. */
async function killAt(point: HoldPoint, prepare: () => Promise<unknown>): Promise<void> {
  const gate = await farm.gate();
  const held = gate.holdAt(point);
  const worker = await farm.start('worker', { gate });
  await Promise.all([held, prepare()]);
  await killed(worker);
  gate.close();
  await farm.worker();
}

/** Admits a task, and waits until the worker is at it. */
async function underWay(serviceSeconds: number): Promise<string> {
  const [id = ''] = await farm.admit([serviceSeconds]);
  await farm.underWay(id);
  return id;
}

const admitOne = (): Promise<unknown> => farm.admit([0.3]);

/** Waits for the worker at its inbox, so that the task is handed over there. */
async function admitToWaiting(): Promise<void> {
  const { store } = farm.farm;
  await eventually(async () => ((await store.redis.zcard(store.key('waiters'))) > 0 ? true : undefined));
  await farm.admit([0.3]);
}

async function synWhenBusy(): Promise<void> {
  await underWay(0.3);
  await farm.farm.control.sendSyn(1, 1, SYN_OPTIONS);
}

async function synWhenIdle(): Promise<void> {
  await workerIn(farm.farm, 'idle');
  await farm.farm.control.sendSyn(1, 1, SYN_OPTIONS);
  await farm.admit([0.3]);
}

describe('a worker that is killed', () => {
  test.each([
    ['before it has entered the registry', before('register'), admitOne, { claimed: 1, attemptsFailed: 0 }],
    ['while it is starting', before('claim'), admitOne, { claimed: 1, attemptsFailed: 0 }],
    ['with a task that it has not heard of yet', after('claim'), admitOne, { claimed: 2, attemptsFailed: 1 }],
    ['handed a task, unconfirmed', before('confirm'), admitToWaiting, { handedBack: 1, attemptsFailed: 0 }],
    ['handed a task, just confirmed', after('confirm'), admitToWaiting, { handedBack: 0, attemptsFailed: 1 }],
    [
      'busy, with its task done and unanswered',
      before('answer'),
      admitOne,
      { claimed: 2, attemptsFailed: 1 },
    ],
    ['just after its answer', after('answer'), admitOne, { claimed: 1, attemptsFailed: 0 }],
    ['draining, with its task done', before('answer'), synWhenBusy, { claimed: 2, attemptsFailed: 1 }],
    ['before its ACK', before('ack'), synWhenIdle, { claimed: 1, attemptsFailed: 0 }],
    ['after its ACK', after('ack'), synWhenIdle, { claimed: 1, attemptsFailed: 0 }],
  ] as const)('%s costs no task', async (_name, point, prepare, books) => {
    await killAt(point, prepare);
    const { attemptsFailed } = books;
    expect(await farm.settled()).toMatchObject(
      accountedFor(1, { ...books, retried: attemptsFailed, completed: 1 }),
    );
  });

  test('idle, with a task pushed to it after its death, gives it back unharmed', async () => {
    const worker = await farm.worker();
    await workerIn(farm.farm, 'idle');
    await killed(worker);
    await farm.admit([0.1]);
    await farm.worker();
    expect(await farm.settled()).toMatchObject(accountedFor(1, { attemptsFailed: 0, retried: 0 }));
  });

  test('busy, mid-task, has its task done by another after the lease', async () => {
    const worker = await farm.worker();
    const id = await underWay(1);
    await killed(worker);
    await farm.worker();
    expect(await farm.settled()).toMatchObject(accountedFor(1, { attemptsFailed: 1, retried: 1 }));
    expect(await farm.farm.results.read(id)).toMatchObject({ status: 'done', failedAttempts: 1 });
  });

  test('drained, leaves nothing, and the registry forgets it', async () => {
    const worker = await farm.worker();
    await synWhenIdle();
    await workerIn(farm.farm, 'drained');
    await killed(worker);
    await farm.worker();
    expect(await farm.settled()).toMatchObject(accountedFor(1, { claimed: 1, attemptsFailed: 0 }));
    await eventually(async () =>
      (await farm.farm.control.observe(0)).workers.length === 1 ? true : undefined,
    );
  });

  test('at its last attempt leaves a failed Result with the reason', async () => {
    await farm.farm.store.configure({ maxAttempts: 1 });
    const worker = await farm.worker();
    const id = await underWay(1);
    await killed(worker);
    await farm.worker();
    expect(await farm.settled()).toMatchObject(accountedFor(1, { failed: 1, retried: 0 }));
    expect(await farm.farm.results.read(id)).toMatchObject({ status: 'failed', kind: 'error' });
  });
});

/** Stops a worker in the middle of a task; the others see its lease end. */
async function frozenAtWork(serviceSeconds: number): Promise<TemplateProcess> {
  const worker = await farm.worker({ env: { LOG_LEVEL: 'debug' } });
  await underWay(serviceSeconds);
  worker.child.kill('SIGSTOP');
  return worker;
}

/** Resolves with what became of the answer that a thawed worker gave. */
async function thawed(worker: TemplateProcess): Promise<unknown> {
  worker.child.kill('SIGCONT');
  return (await worker.line('task answered'))['verdict'];
}

const leasesEnded = (): Promise<unknown> =>
  eventually(async () => {
    await farm.farm.store.tick();
    return (await farm.farm.control.observe(0)).counters.attemptsFailed === 1 ? true : undefined;
  });

describe('a worker that is only slow, frozen past its lease and thawed', () => {
  test('after another has answered does not count twice', async () => {
    const slow = await frozenAtWork(0.5);
    await farm.worker();
    await farm.settled();
    expect(await thawed(slow)).toBe('late');
    const books = { attemptsFailed: 1, lateAnswers: 1, superseded: 0, completed: 1 };
    expect(await farm.settled()).toMatchObject(accountedFor(1, books));
  });

  test('while another is at the same task answers first, and the other does not count', async () => {
    const slow = await frozenAtWork(2);
    await leasesEnded();
    // The other one is frozen too, within its lease: who was frozen before its work began would answer last.
    await farm.farm.store.configure({ leaseSeconds: 60 });
    const other = await farm.worker({ env: { LOG_LEVEL: 'debug' } });
    await workerIn(farm.farm, 'busy');
    other.child.kill('SIGSTOP');
    expect(await thawed(slow)).toBe('accepted');
    expect(await thawed(other)).toBe('late');
    const books = { attemptsFailed: 1, lateAnswers: 1, superseded: 1, completed: 1 };
    expect(await farm.settled()).toMatchObject(accountedFor(1, books));
  });

  test('while its task waits for another attempt answers after all', async () => {
    await farm.farm.store.configure({ backoffSeconds: 30 });
    const slow = await frozenAtWork(0.5);
    await leasesEnded();
    expect(await thawed(slow)).toBe('accepted');
    const books = { attemptsFailed: 1, lateAnswers: 0, claimed: 1, completed: 1 };
    expect(await farm.settled()).toMatchObject(accountedFor(1, books));
  });

  test('is in the registry again, and works on', async () => {
    const slow = await frozenAtWork(0.5);
    await leasesEnded();
    await eventually(async () => {
      await farm.farm.store.tick();
      return (await farm.farm.control.observe(0)).workers.length === 0 ? true : undefined;
    });
    await thawed(slow);
    await farm.admit([0.1, 0.1]);
    expect(await farm.settled()).toMatchObject(accountedFor(3, { attemptsFailed: 1, completed: 3 }));
  });
});

describe('SIGTERM', () => {
  test('while idle ends the worker, and its place is taken', async () => {
    const worker = await farm.worker();
    await workerIn(farm.farm, 'idle');
    worker.child.kill('SIGTERM');
    await farm.admit([0.1]);
    expect(await worker.ended).toBe(0);
    await farm.worker();
    expect(await farm.settled()).toMatchObject(accountedFor(1, { attemptsFailed: 0 }));
  });

  test('during a task shorter than the grace lets it finish', async () => {
    const worker = await farm.worker();
    await underWay(1);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    const books = { claimed: 1, handedBack: 0, attemptsFailed: 0, completed: 1 };
    expect(await farm.settled()).toMatchObject(accountedFor(1, books));
  });

  test('during a task longer than the grace hands it back, and no attempt is counted', async () => {
    const worker = await farm.worker({ env: { GRACE_SECONDS: '2' } });
    const id = await underWay(4);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    await farm.worker();
    const books = { claimed: 2, handedBack: 1, attemptsFailed: 0, retried: 0 };
    expect(await farm.settled()).toMatchObject(accountedFor(1, books));
    expect(await farm.farm.results.read(id)).toMatchObject({ status: 'done', failedAttempts: 0 });
  });
});

test('a SYN to a worker that never answers runs out; its later ACK is refused, and it works on', async () => {
  await farm.farm.store.configure({ leaseSeconds: 5 });
  const worker = await farm.worker();
  await workerIn(farm.farm, 'idle');
  worker.child.kill('SIGSTOP');
  await farm.farm.control.sendSyn(1, 1, { stepSeconds: 0.5, staleSeconds: 10 });
  await eventually(async () => {
    await farm.farm.store.tick();
    return (await farm.farm.control.observe(0)).counters.synExpired === 1 ? true : undefined;
  });
  worker.child.kill('SIGCONT');
  await worker.line('SYN no longer holds');
  await farm.admit([0.1]);
  const books = { synExpired: 1, ackRefused: 1, claimed: 1, attemptsFailed: 0 };
  expect(await farm.settled()).toMatchObject(accountedFor(1, books));
});
