import type { ScaleFailure } from '../shared/farm/farm-port.ts';
import type { PoolMemory } from '../shared/io/redis/pool-memory.ts';
import { NOTHING_REMEMBERED, lookAt } from './deployment-memory.ts';
import type { DeploymentMemory } from './deployment-memory.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { rolloutOf } from './kubernetes-objects.ts';
import type { DeploymentSeen, PodSeen } from './kubernetes-objects.ts';
import { PoolFailure } from './pool.ts';
import type { Pool, PoolChange, PoolMember, PoolResult, PoolState } from './pool.ts';
import { splitChange } from './pool-split.ts';

/** By Deployment. */
export type KubernetesMemory = Readonly<Record<string, DeploymentMemory>>;

export interface KubernetesPoolParts {
  readonly client: KubernetesClient;
  /** Names, in the order in which they grow. */
  readonly deployments: readonly string[];
  readonly memory: PoolMemory<KubernetesMemory>;
}

/** Lower than any that a user would set, so that the pod goes first. */
const GOING = '-1000000';

/** One Deployment as a step has seen it. */
interface Part {
  readonly deployment: DeploymentSeen;
  readonly pods: readonly PodSeen[];
  readonly memory: DeploymentMemory;
}

/** A change of one Deployment. */
interface PartChange {
  readonly part: Part;
  readonly to: number;
  readonly going: readonly string[];
}

/**
 * Workers as the pods of one Deployment, or of several. Kubernetes chooses the pods that a smaller count costs; a low
 * deletion cost makes it choose those that have drained. The count is changed only where it is still what the step saw.
 */
export class KubernetesPool implements Pool {
  readonly #parts: KubernetesPoolParts;
  /** What each look found, for the change that follows: the pool has to be as it was then. */
  readonly #looks = new WeakMap<PoolState, readonly Part[]>();

  constructor(parts: KubernetesPoolParts) {
    this.#parts = parts;
  }

  async read(fence: number): Promise<PoolState> {
    const { memory, deployments } = this.#parts;
    const [recalled = {}, atSeconds, seen] = await Promise.all([
      memory.recall(),
      memory.nowSeconds(),
      Promise.all(deployments.map((name) => this.#look(name))),
    ]);
    const parts = seen.map(({ deployment, pods }) => {
      const { name, replicas } = deployment;
      const look = { name, fence, atSeconds, replicas, pods: pods.map((pod) => pod.name) };
      return { deployment, pods, memory: lookAt(recalled[name] ?? NOTHING_REMEMBERED, look) };
    });
    const isNew = parts.some(({ deployment, memory: now }) => now !== recalled[deployment.name]);
    if (isNew) await memory.keep(fence, memoryOf(parts));
    const state = stateOf(parts);
    this.#looks.set(state, parts);
    return state;
  }

  async resize(change: PoolChange): Promise<PoolResult> {
    const parts = this.#looks.get(change.seen);
    if (parts === undefined)
      throw new Error('Expected a change of a pool that was read before; read() it first.');
    const changes = changesOf(parts, change);
    const asked = parts.map((part) => remembering(part, changes, change.fence, false));
    if (!(await this.#parts.memory.keep(change.fence, memoryOf(asked)))) return overtaken(change);
    const results = await Promise.all(changes.map((each) => this.#change(each, change)));
    const failed = changes.filter((_, index) => results[index]?.failure !== undefined);
    const confirmed = changes.filter((each) => !failed.includes(each));
    const kept = asked.map((part) => remembering(part, confirmed, change.fence, true));
    await this.#parts.memory.keep(change.fence, memoryOf(kept));
    return {
      desired: change.seen.desired + results.reduce((sum, { difference }) => sum + difference, 0),
      removed: confirmed.flatMap(({ going }) => going),
      kept: results.flatMap(({ spared }) => spared),
      failures: results.flatMap(({ failure }) => failure ?? []),
    };
  }

  async spare(pods: readonly string[]): Promise<void> {
    const { client } = this.#parts;
    await Promise.all(
      pods.map((pod) =>
        client.setDeletionCost(pod, undefined).catch((error: unknown) => {
          if (!(error instanceof PoolFailure && error.reason === 'notFound')) throw error;
        }),
      ),
    );
  }

  async #look(
    name: string,
  ): Promise<{ readonly deployment: DeploymentSeen; readonly pods: readonly PodSeen[] }> {
    const deployment = await this.#parts.client.deployment(name);
    return { deployment, pods: await this.#parts.client.pods(deployment.selector) };
  }

  /** Marks who goes, then changes the count; what is refused for certain leaves no marks. */
  async #change({ part, to, going }: PartChange, { isOver }: PoolChange): Promise<PartResult> {
    const { client } = this.#parts;
    const { deployment, pods } = part;
    try {
      await this.#mark(pods, going);
      if (isOver?.() === true) throw tooLate(deployment);
      const replicas = await client.scale(deployment, to);
      const failure = replicas === to ? {} : { failure: changedOnTheWay(deployment, to, replicas) };
      return { difference: replicas - deployment.replicas, spared: [], ...failure };
    } catch (error) {
      if (!(error instanceof PoolFailure)) throw error;
      const failure = { reason: error.reason, detail: error.message };
      // Without a reply nobody knows whether it was done: the next step looks, and sees to the marks.
      const spared = error.reason === 'poolAway' ? [] : await this.#spareWherePossible(going);
      return { difference: 0, spared, failure };
    }
  }

  /** An earlier step may have left a mark on a pod that stays: two of them, and the wrong one might go. */
  async #mark(pods: readonly PodSeen[], going: readonly string[]): Promise<void> {
    const { client } = this.#parts;
    const stale = pods.filter(({ name, deletionCost }) => deletionCost === GOING && !going.includes(name));
    await Promise.all([
      ...stale.map(({ name }) => client.setDeletionCost(name, undefined)),
      ...going.map((name) => client.setDeletionCost(name, GOING)),
    ]);
  }

  /** @returns those whose marks are gone */
  async #spareWherePossible(pods: readonly string[]): Promise<readonly string[]> {
    const spared = await Promise.allSettled(pods.map((pod) => this.spare([pod])));
    return pods.filter((_, index) => spared[index]?.status === 'fulfilled');
  }
}

interface PartResult {
  /** By which the count has changed. */
  readonly difference: number;
  /** Pods that were to go, and certainly stay. */
  readonly spared: readonly string[];
  readonly failure?: ScaleFailure;
}

function stateOf(parts: readonly Part[]): PoolState {
  const rollouts = parts.flatMap(({ deployment, pods }) => rolloutOf(deployment, pods) ?? []);
  const ceilings = parts.map(({ memory }) => memory.ceiling?.replicas ?? Infinity);
  const ceiling = ceilings.reduce((sum, each) => sum + each, 0);
  return {
    desired: parts.reduce((sum, { deployment }) => sum + deployment.replicas, 0),
    members: parts.flatMap(membersOf),
    parts: new Map(parts.map(({ deployment }) => [deployment.name, deployment.replicas])),
    notices: parts.flatMap(({ memory }) => memory.notices),
    ...(rollouts.length === 0 ? {} : { rollout: rollouts.join('; ') }),
    ...(ceiling === Infinity ? {} : { ceiling }),
  };
}

function membersOf({ deployment, pods }: Part): readonly PoolMember[] {
  return pods.map(({ name, isReady }) => ({ pod: name, ready: isReady, part: deployment.name }));
}

function changesOf(parts: readonly Part[], { to, remove }: PoolChange): readonly PartChange[] {
  const goingOf = (name: string): readonly string[] =>
    remove.filter(({ part }) => part === name).map(({ pod }) => pod);
  const shares = parts.map(({ deployment: { name, replicas }, pods, memory }) => ({
    name,
    desired: replicas,
    present: pods.length,
    ceiling: memory.ceiling?.replicas,
  }));
  const removed = new Map(shares.map(({ name }) => [name, goingOf(name).length]));
  const targets = splitChange(shares, to, removed);
  return parts.flatMap((part) => {
    const { name, replicas } = part.deployment;
    const target = targets.get(name) ?? replicas;
    return target === replicas ? [] : [{ part, to: target, going: goingOf(name) }];
  });
}

/** The part with what was asked of it noted in its memory. */
function remembering(part: Part, changes: readonly PartChange[], fence: number, isConfirmed: boolean): Part {
  const change = changes.find((each) => each.part.deployment === part.deployment);
  if (change === undefined) return part;
  const requested = { fence, replicas: change.to, isConfirmed, removed: change.going };
  return { ...part, memory: { ...part.memory, change: requested } };
}

function memoryOf(parts: readonly Part[]): KubernetesMemory {
  return Object.fromEntries(parts.map(({ deployment, memory }) => [deployment.name, memory]));
}

function overtaken({ seen, remove, fence }: PoolChange): PoolResult {
  const detail = `step ${String(fence)} was overtaken by a newer one; it changes nothing`;
  const kept = remove.map(({ pod }) => pod);
  return { desired: seen.desired, removed: [], kept, failures: [{ reason: 'conflict', detail }] };
}

/** What was to go may have been taken back by a newer step, and the count be the same again. */
function tooLate({ name }: DeploymentSeen): PoolFailure {
  const detail = `Deployment ${name}: the step's time was over before its pods were marked; it changes nothing`;
  return new PoolFailure('conflict', detail);
}

function changedOnTheWay({ name }: DeploymentSeen, asked: number, replicas: number): ScaleFailure {
  const detail = `Deployment ${name}: the API made ${String(replicas)} replicas of the ${String(asked)} that were asked for`;
  return { reason: 'clamped', detail };
}
