import { Redis } from 'ioredis';
import { sum } from '../statistics.ts';
import { contender } from './contenders.ts';
import type { ContenderName } from './contenders.ts';
import { EndProcess } from './end.ts';

/** Tasks that a producer in a hurry sends at once. */
const BATCH = 50;

export interface LineShape {
  readonly contender: ContenderName;
  readonly consumers: number;
  /** With a collector: a task is complete when it has been collected. */
  readonly collects: boolean;
}

export interface Throughput {
  readonly tasksPerSecond: number;
}

export interface AtRate {
  readonly tasks: number;
  /** From sending until a worker has it in hand, ms; or to collection, where the line collects. */
  readonly samplesMs: readonly number[];
  readonly redisMicrosPerTask: number;
  /** Of all consumers and the collector. */
  readonly consumerMicrosPerTask: number;
}

/** A producer, consumers and maybe a collector, each a process, around one Redis that was emptied for them. */
export class Line {
  readonly #redis: Redis;
  readonly #shape: LineShape;
  readonly #producer: EndProcess;
  readonly #consumers: readonly EndProcess[];
  readonly #collectors: readonly EndProcess[];
  readonly #wake: Set<() => void>;

  private constructor(
    redis: Redis,
    shape: LineShape,
    ends: { producer: EndProcess; consumers: EndProcess[]; collectors: EndProcess[]; wake: Set<() => void> },
  ) {
    this.#redis = redis;
    this.#shape = shape;
    this.#producer = ends.producer;
    this.#consumers = ends.consumers;
    this.#collectors = ends.collectors;
    this.#wake = ends.wake;
  }

  /** @param standing tasks that wait already when the consumers start */
  static async start(redisUrl: string, shape: LineShape, standing = 0): Promise<Line> {
    const redis = new Redis(redisUrl);
    await redis.flushall();
    await (await contender(shape.contender)).prepare(redisUrl);
    const wake = new Set<() => void>();
    const begin = (role: 'produce' | 'consume' | 'collect'): Promise<EndProcess> =>
      EndProcess.start(shape.contender, role, redisUrl, () => {
        for (const look of wake) look();
      });
    const producer = await begin('produce');
    if (standing > 0) await producer.ask({ kind: 'send', tasks: standing, batch: BATCH, warmUp: false });
    const [consumers, collectors] = await Promise.all([
      Promise.all(Array.from({ length: shape.consumers }, () => begin('consume'))),
      Promise.all(shape.collects ? [begin('collect')] : []),
    ]);
    return new Line(redis, shape, { producer, consumers, collectors, wake });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#producer, ...this.#consumers, ...this.#collectors].map((end) => end.stop()));
    this.#redis.disconnect();
  }

  /** As many tasks as there are, as fast as they are taken: from the first send to the last completion. */
  async throughput(tasks: number, warmUpTasks: number): Promise<Throughput> {
    await this.#complete(warmUpTasks, true);
    const startedMs = await this.#complete(tasks, false);
    return { tasksPerSecond: (tasks * 1000) / (this.#lastMs() - startedMs) };
  }

  /** A backlog that stood when the consumers started: how fast they empty it once they are warm. */
  async drain(tasks: number, warmUpTasks: number): Promise<Throughput> {
    await this.#until(() => this.#count() >= warmUpTasks);
    const [before, startedMs] = [this.#count(), this.#lastMs()];
    await this.#until(() => this.#count() >= warmUpTasks + tasks);
    return { tasksPerSecond: ((this.#count() - before) * 1000) / (this.#lastMs() - startedMs) };
  }

  /** Tasks at an even rate, well below what the line can do. */
  async atRate(perSecond: number, seconds: number): Promise<AtRate> {
    await this.#complete(500, true);
    await this.#complete(perSecond, true, perSecond);
    const ends = [...this.#consumers, ...this.#collectors];
    await Promise.all(ends.map((end) => end.ask({ kind: 'mark' })));
    const redisBefore = await this.#redisCpuMicros();
    const tasks = perSecond * seconds;
    await this.#complete(tasks, false, perSecond);
    const redisAfter = await this.#redisCpuMicros();
    const reports = await Promise.all(ends.map((end) => end.ask({ kind: 'report' })));
    const sampled = this.#shape.collects ? reports.slice(this.#consumers.length) : reports;
    return {
      tasks,
      samplesMs: sampled.flatMap(({ samplesMs }) => samplesMs),
      redisMicrosPerTask: (redisAfter - redisBefore) / tasks,
      consumerMicrosPerTask: sum(reports.map(({ cpuMicros }) => cpuMicros)) / tasks,
    };
  }

  /** @returns when the first of these tasks was sent */
  async #complete(tasks: number, warmUp: boolean, perSecond?: number): Promise<number> {
    const target = this.#count() + tasks;
    const rate = perSecond === undefined ? {} : { perSecond };
    const sending = this.#producer.ask({ kind: 'send', tasks, batch: BATCH, warmUp, ...rate });
    await this.#until(() => this.#count() >= target);
    return (await sending).startedMs;
  }

  #counted(): readonly EndProcess[] {
    return this.#shape.collects ? this.#collectors : this.#consumers;
  }

  /** When the last task was recorded. */
  #lastMs(): number {
    return Math.max(...this.#counted().map((end) => end.lastMs));
  }

  #count(): number {
    return sum(this.#counted().map(({ count }) => count));
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#wake.delete(look);
        resolve();
      };
      this.#wake.add(look);
      look();
    });
  }

  async #redisCpuMicros(): Promise<number> {
    const info = await this.#redis.info('cpu');
    const seconds = (field: string): number => Number(new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1]);
    return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
  }
}
