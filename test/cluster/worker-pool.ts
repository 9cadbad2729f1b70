import type { WorkerRecord } from '../../shared/farm/worker.ts';
import type { PodLife } from './pod-history.ts';
import type { Scene } from './scene.ts';

/** An even load that keeps most of five workers busy with tasks of about 1.5 s. */
export const EVEN_LOAD = {
  phases: [{ seconds: 600, multiplier: 1 }],
  baseRatePerSecond: 2.5,
  // Tasks must not run out of time: what is looked for is whether any is lost, done twice or interrupted.
  deadlineFactor: 20,
  seed: 5,
};

/** Short tasks, so that a drain is short, for as long as any scenario goes on. */
export const SHORT_TASKS = {
  phases: [{ seconds: 1200, multiplier: 1 }],
  service: { meanSeconds: 0.4 },
  // Tasks must not run out of time: what is looked for is whether any is lost, done twice or interrupted.
  deadlineFactor: 100,
};

/** On a machine that starts several pods at once a heartbeat may come late; that is not what is looked for. */
export const PATIENT_LEASES = { emitter: { LEASE_SECONDS: '20' } };

/** A worker that has a task in hand: one that was handed over only, and not confirmed, would go back. */
export function busyWorker(scene: Scene): Promise<WorkerRecord> {
  const { store } = scene.farm;
  return scene.waitUntil('a busy worker', async () => {
    const entry = (await scene.control.observe(0)).workers.find(({ state }) => state === 'busy');
    if (entry?.taskId === undefined) return undefined;
    const confirmed = await store.redis.hget(store.key(`task:${entry.taskId}`), 'ok');
    return confirmed === '1' ? entry : undefined;
  });
}

/** The life of a pod of the pool, once it is over. */
export function endOf(scene: Scene, pod: string): Promise<PodLife> {
  return scene.waitUntil(`the end of pod ${pod}`, () =>
    Promise.resolve(
      scene.history.of('farm-worker').find(({ name, goneAt }) => name === pod && goneAt !== undefined),
    ),
  );
}

/** How long a pod took from being told to end until it was gone. */
export function endingSeconds({ endingAt, goneAt }: PodLife): number {
  return endingAt === undefined || goneAt === undefined ? Number.NaN : goneAt - endingAt;
}

/** Ended by itself, having been asked: its task was done first. 70 would say that the grace was too short. */
export function checkDrained({ name, exitCode }: PodLife): void {
  if (exitCode !== 0)
    throw new Error(
      `Expected pod ${name} to drain and exit with 0; it ended with ${exitCode ?? 'nothing seen'}.`,
    );
}
