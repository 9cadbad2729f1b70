import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Kubectl } from './kubectl.ts';
import { exitCodeOf, isReady, partOf, podSchema, restartsOf } from './pod.ts';
import type { Pod } from './pod.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const AGAIN_MILLISECONDS = 500;
const eventSchema = z.object({ type: z.string(), object: podSchema });

/** One pod from its making to its end; times are seconds since the history began. */
export interface PodLife {
  readonly name: string;
  readonly part: string;
  readonly image: string;
  readonly seenAt: number;
  readyAt?: number;
  /** When Kubernetes began to end it. */
  endingAt?: number;
  goneAt?: number;
  restarts: number;
  /** The last deletion cost that it had. */
  deletionCost?: string;
  /** How its container ended, the last time. */
  exitCode?: number;
}

/** Watches the pods of a namespace and writes down every one's life, also of those that are gone by the time one asks. */
export class PodHistory {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  readonly #begun = performance.now();
  readonly #lives = new Map<string, PodLife>();
  readonly #replicas: { atSeconds: number; part: string; ready: number; all: number }[] = [];
  #watch: ChildProcess;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.#watch = this.#begin();
  }

  get lives(): readonly PodLife[] {
    return [...this.#lives.values()];
  }

  of(part: string): readonly PodLife[] {
    return this.lives.filter((life) => life.part === part);
  }

  /** One line for each change of the number of pods of a part: seconds, ready, all that are not ending. */
  replicasOf(part: string): readonly { atSeconds: number; ready: number; all: number }[] {
    return this.#replicas.filter((each) => each.part === part);
  }

  nowSeconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#watch.kill();
  }

  /** A watch ends when the API server does; the next one begins with every pod that is there. */
  #begin(): ChildProcess {
    const parameters = [
      'get',
      'pods',
      '-n',
      this.#namespace,
      '--watch',
      '--output-watch-events',
      '-o',
      'json',
    ];
    const { command, first, environment } = this.#kubectl;
    const watch = spawn(command, [...first, ...parameters], {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    watch.once('error', () => undefined);
    watch.once('exit', () => {
      if (!this.#closed) this.#again = setTimeout(() => (this.#watch = this.#begin()), AGAIN_MILLISECONDS);
    });
    createInterface(watch.stdout).on('line', (line) => {
      const event = eventIn(line);
      if (event !== undefined) this.#note(event.type, event.object);
    });
    return watch;
  }

  #note(type: string, pod: Pod): void {
    const now = this.nowSeconds();
    const life = this.#lifeOf(pod);
    life.restarts = restartsOf(pod);
    if (isReady(pod)) life.readyAt ??= now;
    if (pod.metadata.deletionTimestamp !== undefined) life.endingAt ??= now;
    const cost = pod.metadata.annotations[DELETION_COST];
    if (cost !== undefined) life.deletionCost = cost;
    const exitCode = exitCodeOf(pod);
    if (exitCode !== undefined) life.exitCode = exitCode;
    if (type === 'DELETED') life.goneAt = now;
    this.#count(life.part, now);
  }

  #lifeOf(pod: Pod): PodLife {
    const { uid, name } = pod.metadata;
    const known = this.#lives.get(uid);
    if (known !== undefined) return known;
    const image = pod.spec.containers[0]?.image ?? '';
    const life = { name, part: partOf(pod), image, seenAt: this.nowSeconds(), restarts: 0 };
    this.#lives.set(uid, life);
    return life;
  }

  #count(part: string, now: number): void {
    const there = this.of(part).filter((life) => life.endingAt === undefined && life.goneAt === undefined);
    const ready = there.filter((life) => life.readyAt !== undefined).length;
    const last = this.#replicas.findLast((each) => each.part === part);
    if (last?.ready === ready && last.all === there.length) return;
    this.#replicas.push({ atSeconds: now, part, ready, all: there.length });
  }
}

/** Besides pods a watch may bring an error before it ends, and one that is killed half a line. */
function eventIn(line: string): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
