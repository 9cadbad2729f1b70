import { strict as assert } from 'node:assert';
import type { LiveFarm } from '../../autoscaler/live-farm.ts';
import { PoolFailure } from '../../autoscaler/pool.ts';
import type { Pool, PoolMember, PoolState } from '../../autoscaler/pool.ts';
import type { ScaleOutcome } from '../../shared/farm/farm-port.ts';
import type { WorkerRecord } from '../../shared/farm/worker.ts';
import type { Control } from '../../shared/io/redis/control.ts';
import { eventually } from './worker-process.ts';

/** A pool of real workers, and the steps that scale it. */
export interface PoolUnderTest {
  readonly pool: Pool;
  readonly control: Control;
  /** One more step: the farm as it sees it, and its fencing number. */
  nextStep(): { readonly farm: LiveFarm; readonly fence: number };
}

/** What only means that it takes another step. */
const PATIENT = ['ackPending', 'rollout', 'unready'];

/** What holds of every pool. Each begins with two workers, which it may leave in any number. */
export const POOL_CONTRACT: Readonly<Record<string, (subject: PoolUnderTest) => Promise<void>>> = {
  'shows as many members as are wanted, and each is a worker': async (subject) => {
    const { members, desired } = await stateOf(subject);
    assert.equal(desired, 2);
    const { workers } = await subject.control.observe(0);
    assert.deepEqual(podsOf(members), workers.map(({ pod }) => pod).toSorted());
  },

  'grows to what was asked, and keeps whom it has': async (subject) => {
    const before = podsOf((await stateOf(subject)).members);
    const [outcome] = await scaled(subject, 3);
    assert.equal(outcome?.applied, 3);
    assert.equal(outcome.started, 1);
    const after = await settled(subject, 3);
    for (const pod of before) assert(after.includes(pod), `${pod} is gone`);
  },

  'loses exactly the workers that acknowledged': async (subject) => {
    await scaled(subject, 4);
    const before = await settled(subject, 4);
    const { workers } = await subject.control.observe(0);
    const outcomes = await scaled(subject, 2);
    const removed = outcomes.flatMap((outcome) => outcome.removed);
    const gone = workers.filter(({ id }) => removed.includes(id)).map(({ pod }) => pod);
    assert.equal(gone.length, 2);
    const expected = before.filter((pod) => !gone.includes(pod));
    assert.deepEqual(await settled(subject, 2), expected);
  },

  'is not changed from a state that no longer holds': async (subject) => {
    const seen = await stateOf(subject);
    const member = aMemberOf(seen);
    await scaled(subject, 3);
    const before = await settled(subject, 3);
    const { fence } = subject.nextStep();
    const result = await subject.pool.resize({ seen, to: 1, remove: [member], fence });
    assert.deepEqual(
      result.failures.map(({ reason }) => reason),
      ['conflict'],
    );
    assert.deepEqual(result.removed, []);
    assert.deepEqual(result.kept, [member.pod]);
    assert.deepEqual(await settled(subject, 3), before);
  },

  'is not changed by a step that was overtaken': async (subject) => {
    const old = subject.nextStep();
    await scaled(subject, 3);
    await settled(subject, 3);
    const seen = await stateOf(subject);
    const result = await subject.pool.resize({ seen, to: 2, remove: [aMemberOf(seen)], fence: old.fence });
    assert.equal(result.failures[0]?.reason, 'conflict');
    assert.equal((await stateOf(subject)).desired, 3);
  },

  'puts a worker back to work that has drained, and starts none for it': async (subject) => {
    const before = await settled(subject, 2);
    const { fence } = subject.nextStep();
    await subject.control.sendSyn(fence, 1, { stepSeconds: 60, staleSeconds: 30 });
    const drained = await eventually(async () => workerThatIs('drained', subject));
    const [outcome] = await scaled(subject, 2);
    assert.deepEqual(outcome?.takenBack, [drained.id]);
    assert.equal(outcome.started, 0);
    assert.deepEqual(await settled(subject, 2), before);
  },

  'spares a member that was to go, because an autoscaler died before it had asked for it': async (
    subject,
  ) => {
    const before = await settled(subject, 2);
    const { fence } = subject.nextStep();
    await subject.control.sendSyn(fence, 1, { stepSeconds: 60, staleSeconds: 30 });
    const drained = await eventually(async () => workerThatIs('drained', subject));
    await subject.control.beginRemoval(fence, [drained.id]);
    const [outcome] = await scaled(subject, 2);
    assert.deepEqual(outcome?.takenBack, [drained.id]);
    assert.deepEqual(await settled(subject, 2), before);
  },

  'goes down to nothing, and comes back': async (subject) => {
    await scaled(subject, 0);
    await settled(subject, 0);
    await scaled(subject, 2);
    await settled(subject, 2);
  },
};

/** Takes steps until the pool is asked to have so many. */
export async function scaled(subject: PoolUnderTest, workers: number): Promise<readonly ScaleOutcome[]> {
  const outcomes: ScaleOutcome[] = [];
  return eventually(async () => {
    const outcome = await subject.nextStep().farm.scaleTo(workers).catch(unlessAway);
    if (outcome === undefined) return undefined;
    outcomes.push(outcome);
    const unexpected = outcome.failures.filter(({ reason }) => !PATIENT.includes(reason));
    assert.deepEqual(unexpected, []);
    return outcome.applied === workers ? outcomes : undefined;
  });
}

/** Resolves when so many members are there, ready, and known to the farm as workers; returns their pods. */
export function settled(subject: PoolUnderTest, count: number): Promise<readonly string[]> {
  return eventually(async () => {
    const { members, rollout } = await stateOf(subject);
    const { workers } = await subject.control.observe(0);
    const atWork = workers.filter(({ state }) => state === 'idle' || state === 'busy');
    const pods = podsOf(members);
    const known = atWork.map(({ pod }) => pod).toSorted();
    const isComplete = members.every(({ ready }) => ready) && workers.length === count;
    const isSettled = pods.length === count && isComplete && rollout === undefined;
    return isSettled && pods.join() === known.join() ? pods : undefined;
  });
}

function stateOf(subject: PoolUnderTest): Promise<PoolState> {
  return eventually(() => subject.pool.read(subject.nextStep().fence).catch(unlessAway));
}

/** Whoever runs the pool may be slow to come, or on a busy machine. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof PoolFailure && error.reason === 'poolAway')) throw error;
}

async function workerThatIs(
  state: WorkerRecord['state'],
  { control }: PoolUnderTest,
): Promise<WorkerRecord | undefined> {
  return (await control.observe(0)).workers.find((worker) => worker.state === state);
}

function podsOf(members: readonly PoolMember[]): readonly string[] {
  return members.map(({ pod }) => pod).toSorted();
}

function aMemberOf({ members }: PoolState): PoolMember {
  const [member] = members;
  assert(member !== undefined, 'Expected a pool with members.');
  return member;
}
