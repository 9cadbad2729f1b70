import { PrivateRedis } from '../support/private-redis.ts';
import { Line } from './queues/line.ts';
import type { AtRate, LineShape } from './queues/line.ts';
import { paired } from './row.ts';
import type { BenchOptions, Row } from './row.ts';
import { quantile } from './statistics.ts';

const RATE_PER_SECOND = 200;

/** The queue alone against BullMQ and against the published farm's way, in turns on the same Redis. */
export async function run(options: BenchOptions): Promise<readonly Row[]> {
  const redis = await PrivateRedis.start();
  try {
    return [
      ...(await throughput(redis.url, 1, options)),
      ...(await throughput(redis.url, 4, options)),
      ...(await backlog(redis.url, 1, options)),
      ...(await backlog(redis.url, 4, options)),
      ...(await atRate(redis.url, options)),
    ];
  } finally {
    await redis.stop();
  }
}

const RIVALS = ['bullmq', 'polling'] as const;
type Rival = (typeof RIVALS)[number];

async function throughput(url: string, consumers: number, { quick, say }: BenchOptions): Promise<Row[]> {
  const rates = await inTurns(quick ? 2 : 5, ['farmhand', ...RIVALS, 'collected'], async (turn) => {
    const collects = turn === 'collected';
    const shape: LineShape = { contender: collects ? 'farmhand' : turn, consumers, collects };
    const { tasksPerSecond } = await withLine(url, shape, (line) =>
      line.throughput(quick ? 6000 : 10_000, 3000),
    );
    say(`${turn}, ${String(consumers)} consumers: ${tasksPerSecond.toFixed(0)} tasks/s`);
    return tasksPerSecond;
  });
  const who = processes(consumers);
  const compare = (what: string, ours: readonly number[], rival: Rival): Row =>
    paired('queue', `${what}, ${who}, tasks/s`, ours, [rival, rates[rival]]);
  return [
    {
      ...compare('enqueue to recorded', rates.farmhand, 'bullmq'),
      target: { of: 'ratio', limit: 2, sense: 'atLeast' },
    },
    compare('enqueue to recorded', rates.farmhand, 'polling'),
    compare('enqueue to collected (ours only)', rates.collected, 'bullmq'),
  ];
}

/** The same without a producer beside it: what the consumers and Redis can do by themselves. */
async function backlog(url: string, consumers: number, { quick, say }: BenchOptions): Promise<Row[]> {
  const [tasks, warmUpTasks] = [quick ? 6000 : 10_000, 3000];
  const rates = await inTurns(quick ? 2 : 5, ['farmhand', 'bullmq'], async (contender) => {
    const line = await Line.start(url, { contender, consumers, collects: false }, tasks + warmUpTasks);
    const { tasksPerSecond } = await line.drain(tasks, warmUpTasks).finally(() => line.stop());
    say(`${contender}, ${String(consumers)} consumers, backlog: ${tasksPerSecond.toFixed(0)} tasks/s`);
    return tasksPerSecond;
  });
  return [
    paired('queue', `backlog drained, ${processes(consumers)}, tasks/s`, rates.farmhand, [
      'bullmq',
      rates.bullmq,
    ]),
  ];
}

function processes(consumers: number): string {
  return `${String(consumers)} consumer ${consumers === 1 ? 'process' : 'processes'}`;
}

async function atRate(url: string, { quick, say }: BenchOptions): Promise<Row[]> {
  const runs = await inTurns(quick ? 2 : 5, ['farmhand', ...RIVALS], async (contender) => {
    const shape: LineShape = { contender, consumers: 4, collects: false };
    const measured = await withLine(url, shape, (line) => line.atRate(RATE_PER_SECOND, quick ? 3 : 6));
    say(`${contender} at ${String(RATE_PER_SECOND)}/s: ${describe(measured)}`);
    return measured;
  });
  const at = `at ${String(RATE_PER_SECOND)} tasks/s, 4 consumers`;
  const compare = (what: string, rival: Rival, value: (measured: AtRate) => number): Row =>
    paired('queue', `${what} ${at}`, runs.farmhand.map(value), [rival, runs[rival].map(value)]);
  const target = { of: 'ratio', limit: 0.6, sense: 'atMost' } as const;
  return [
    { ...compare('hop p50, ms,', 'bullmq', (each) => quantile(each.samplesMs, 0.5)), target },
    compare('hop p99, ms,', 'bullmq', (each) => quantile(each.samplesMs, 0.99)),
    { ...compare('Redis + consumer CPU, µs per task,', 'bullmq', cpuMicros), target },
    compare('Redis CPU, µs per task,', 'bullmq', (each) => each.redisMicrosPerTask),
    compare('consumer CPU, µs per task,', 'bullmq', (each) => each.consumerMicrosPerTask),
    compare('hop p50, ms,', 'polling', (each) => quantile(each.samplesMs, 0.5)),
    compare('hop p99, ms,', 'polling', (each) => quantile(each.samplesMs, 0.99)),
    compare('Redis + consumer CPU, µs per task,', 'polling', cpuMicros),
  ];
}

function cpuMicros(measured: AtRate): number {
  return measured.redisMicrosPerTask + measured.consumerMicrosPerTask;
}

function describe(measured: AtRate): string {
  const ms = (share: number): string => quantile(measured.samplesMs, share).toFixed(2);
  const { redisMicrosPerTask, consumerMicrosPerTask } = measured;
  const cpu = `${redisMicrosPerTask.toFixed(0)} + ${consumerMicrosPerTask.toFixed(0)}`;
  return `hop ${ms(0.5)} / ${ms(0.99)} ms, CPU ${cpu} µs per task`;
}

/** Rounds of one run each, the order turned by one every round, so that no one always comes first. */
export async function inTurns<Turn extends string, Measured>(
  rounds: number,
  turns: readonly Turn[],
  measure: (turn: Turn) => Promise<Measured>,
): Promise<Record<Turn, Measured[]>> {
  const measured = Object.fromEntries(turns.map((turn) => [turn, []])) as unknown as Record<Turn, Measured[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const index of turns.keys()) {
      const turn = turns[(index + round) % turns.length];
      if (turn !== undefined) measured[turn].push(await measure(turn));
    }
  }
  return measured;
}

export async function withLine<Measured>(
  url: string,
  shape: LineShape,
  measure: (line: Line) => Promise<Measured>,
): Promise<Measured> {
  const line = await Line.start(url, shape);
  try {
    return await measure(line);
  } finally {
    await line.stop();
  }
}
