import type { TaskTable } from '../../shared/simulator/task-table.ts';
import type { Episode } from './episode.ts';

/** What an episode came to. */
export interface EpisodeSummary {
  /** Tasks collected in time ÷ tasks collected or overdue at the end; undefined where nothing fell due. */
  readonly qosPercent: number | undefined;
  /** Mean of the commanded count over the steps of the workload. */
  readonly meanWorkers: number;
  readonly maxWorkers: number;
  /** From each worker's start to its end, starting and draining included, until the end of the last step. */
  readonly workerSeconds: number;
  /** Decisions that changed the pool. */
  readonly scalingActions: number;
  /** Changes of direction among them. */
  readonly reversals: number;
  /** How late tasks were, over all that fell due; 0 in time. Those not collected count until the end of the grace. */
  readonly tardinessP95Seconds: number;
  readonly tardinessMaxSeconds: number;
  /** QoS by expected service time, from the shortest quarter of the tasks to the longest. */
  readonly qosPercentByQuartile: readonly (number | undefined)[];
  /** Tasks that are neither collected nor held. Must be 0. */
  readonly dropped: number;
  readonly steps: number;
  readonly tasks: number;
}

export function summarise(episode: Episode): EpisodeSummary {
  const { commands } = episode;
  const { tasks } = episode.simulation;
  const due = dueTasks(episode);
  const tardiness = due.lateBySeconds.sort();
  const moves = commands
    .map(({ before, workers }) => Math.sign(workers - before))
    .filter((move) => move !== 0);
  const sampled = commandedByStep(episode);
  return {
    qosPercent: percentOf(sumOf(due.metByQuarter), sumOf(due.byQuarter)),
    meanWorkers: sumOf(sampled) / Math.max(1, sampled.length),
    maxWorkers: commands.reduce((most, { workers }) => Math.max(most, workers), 0),
    workerSeconds: episode.paid.workerSeconds,
    scalingActions: moves.length,
    reversals: moves.filter((move, index) => index > 0 && move !== moves[index - 1]).length,
    tardinessP95Seconds: tardiness[Math.ceil(0.95 * tardiness.length) - 1] ?? 0,
    tardinessMaxSeconds: tardiness.at(-1) ?? 0,
    qosPercentByQuartile: due.byQuarter.map((count, quarter) =>
      percentOf(due.metByQuarter[quarter] ?? 0, count),
    ),
    dropped: tasks.count - episode.simulation.collected.count - heldTasks(episode),
    steps: sampled.length,
    tasks: tasks.count,
  };
}

/** Workers commanded after the decision at the beginning of each step of the workload. */
function commandedByStep(episode: Episode): number[] {
  const { stepSeconds } = episode.workload;
  const steps = Math.ceil(episode.paid.seconds / stepSeconds - 1e-9);
  const sampled: number[] = [];
  let next = 0;
  let workers = episode.commands[0]?.before ?? 0;
  for (let step = 0; step < steps; step += 1) {
    for (; (episode.commands[next]?.atSeconds ?? Infinity) <= step * stepSeconds + 1e-9; next += 1) {
      workers = episode.commands[next]?.workers ?? workers;
    }
    sampled.push(workers);
  }
  return sampled;
}

/** Tasks that fell due in an episode, by quarter of the expected service times. */
interface DueTasks {
  readonly byQuarter: number[];
  readonly metByQuarter: number[];
  readonly lateBySeconds: Float64Array;
}

/** Collected, or overdue at the end of the grace. One pass: whoever trains reads millions of summaries. */
function dueTasks({ simulation: { tasks, collected, nowSeconds } }: Episode): DueTasks {
  const quarterOf = quarters(tasks);
  const lateBySeconds = new Float64Array(tasks.count);
  const [byQuarter, metByQuarter] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  let count = 0;
  for (let task = 0; task < tasks.count; task += 1) {
    const overdueSeconds = nowSeconds - (tasks.deadlineAtSeconds[task] ?? 0);
    const late = collected.tardinessSeconds(task) ?? overdueSeconds;
    if (late <= 0 && !collected.isCollected(task)) continue;
    lateBySeconds[count] = late;
    count += 1;
    const quarter = quarterOf[task] ?? 0;
    byQuarter[quarter] = (byQuarter[quarter] ?? 0) + 1;
    if (collected.hasMet(task)) metByQuarter[quarter] = (metByQuarter[quarter] ?? 0) + 1;
  }
  return { byQuarter, metByQuarter, lateBySeconds: lateBySeconds.subarray(0, count) };
}

/** Undefined where nothing fell due. */
function percentOf(met: number, due: number): number | undefined {
  return due === 0 ? undefined : (100 * met) / due;
}

function sumOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0);
}

function heldTasks({ simulation }: Episode): number {
  const { held, counters } = simulation.snapshot(0);
  const notYetGenerated = simulation.tasks.count - counters.admitted;
  return held.waiting + held.leased + held.answered + notYetGenerated;
}

/** Which quarter of the tasks each belongs to, by expected service time; of equal ones the earlier is the shorter. */
function quarters({ count, expectedServiceSeconds }: TaskTable): Uint8Array {
  const ascending = expectedServiceSeconds.toSorted();
  const quarterOf = new Uint8Array(count);
  for (const quarter of [1, 2, 3]) {
    const end = Math.round((quarter * count) / 4);
    const edge = ascending[end] ?? Infinity;
    // So many that are as long as the edge itself still lie below it.
    let atEdge = end - ascending.indexOf(edge);
    for (let task = 0; task < count; task += 1) {
      const seconds = expectedServiceSeconds[task] ?? 0;
      const isBelow = seconds < edge || (seconds === edge && atEdge > 0);
      if (seconds === edge) atEdge -= 1;
      if (!isBelow) quarterOf[task] = quarter;
    }
  }
  return quarterOf;
}
