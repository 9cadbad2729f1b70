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
  const tardiness = Float64Array.from(due, (task) => lateBySeconds(episode, task)).sort();
  const moves = commands
    .map(({ before, workers }) => Math.sign(workers - before))
    .filter((move) => move !== 0);
  const sampled = commandedByStep(episode);
  return {
    qosPercent: qosPercent(episode, due),
    meanWorkers: sampled.reduce((sum, workers) => sum + workers, 0) / Math.max(1, sampled.length),
    maxWorkers: commands.reduce((most, { workers }) => Math.max(most, workers), 0),
    workerSeconds: episode.paid.workerSeconds,
    scalingActions: moves.length,
    reversals: moves.filter((move, index) => index > 0 && move !== moves[index - 1]).length,
    tardinessP95Seconds: tardiness[Math.ceil(0.95 * tardiness.length) - 1] ?? 0,
    tardinessMaxSeconds: tardiness.at(-1) ?? 0,
    qosPercentByQuartile: qosPercentByQuartile(episode, due),
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

/** Collected, or overdue at the end of the grace. */
function dueTasks({ simulation }: Episode): number[] {
  const due: number[] = [];
  for (let task = 0; task < simulation.tasks.count; task += 1) {
    const isOverdue = (simulation.tasks.deadlineAtSeconds[task] ?? 0) < simulation.nowSeconds;
    if (isOverdue || simulation.collected.isCollected(task)) due.push(task);
  }
  return due;
}

function lateBySeconds({ simulation }: Episode, task: number): number {
  const collected = simulation.collected.tardinessSeconds(task);
  return collected ?? simulation.nowSeconds - (simulation.tasks.deadlineAtSeconds[task] ?? 0);
}

function qosPercent({ simulation }: Episode, tasks: readonly number[]): number | undefined {
  if (tasks.length === 0) return undefined;
  const met = tasks.filter((task) => simulation.collected.hasMet(task)).length;
  return (100 * met) / tasks.length;
}

function heldTasks({ simulation }: Episode): number {
  const { held, counters } = simulation.snapshot(0);
  const notYetGenerated = simulation.tasks.count - counters.admitted;
  return held.waiting + held.leased + held.answered + notYetGenerated;
}

/** QoS in four groups of equal size, by expected service time. */
function qosPercentByQuartile(episode: Episode, due: readonly number[]): (number | undefined)[] {
  const { tasks } = episode.simulation;
  const quarterOf = quarters(tasks);
  const groups: number[][] = [[], [], [], []];
  for (const task of due) groups[quarterOf[task] ?? 0]?.push(task);
  return groups.map((group) => qosPercent(episode, group));
}

/** Which quarter of the tasks each belongs to, by expected service time. */
function quarters({ count, expectedServiceSeconds }: TaskTable): Uint8Array {
  const order = new Uint32Array(count).map((_, task) => task);
  order.sort((a, b) => (expectedServiceSeconds[a] ?? 0) - (expectedServiceSeconds[b] ?? 0) || a - b);
  const quarterOf = new Uint8Array(count);
  const ends = [1, 2, 3].map((quarter) => Math.round((quarter * count) / 4));
  for (let rank = 0; rank < count; rank += 1) {
    quarterOf[order[rank] ?? 0] = ends.filter((end) => rank >= end).length;
  }
  return quarterOf;
}
