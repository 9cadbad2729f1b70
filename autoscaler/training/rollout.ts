import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import type { FarmSimulation } from '../../shared/simulator/farm-simulation.ts';
import type { TaskTable } from '../../shared/simulator/task-table.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { EpisodeDraw } from './episode-draw.ts';
import { DEFAULT_EPISODE_RULES, runEpisode } from './episode.ts';
import type { Episode, EpisodeRules } from './episode.ts';
import { trainingWorkload } from './training-workloads.ts';
import type { TrainingSource } from './training-workloads.ts';

/** One episode to be met. */
export interface Meeting {
  readonly source: TrainingSource;
  readonly seed: number;
}

/** What a learner wants to know of an episode. */
export interface RolloutScore {
  readonly due: number;
  readonly missed: number;
  readonly meanWorkers: number;
  readonly actions: number;
  readonly steps: number;
  readonly meanLoad: number;
}

export interface RolloutRules {
  readonly dispatch: DispatchOrder;
  readonly stepLimit: number;
  readonly announced: boolean;
}

/** The published farm by these rules, with no turn for lost tasks. */
export function episodeRulesOf({ dispatch, stepLimit, announced }: RolloutRules): EpisodeRules {
  const rule = { order: dispatch, lostShare: 0, triageLimit: 32 };
  return { ...DEFAULT_EPISODE_RULES, dispatch: rule, stepLimit, announced };
}

/** Tasks that are kept for the next time the same episode is met. */
const MOST_KEPT_TASKS = 2_500_000;

interface Known {
  readonly workload: Workload;
  readonly draw: EpisodeDraw;
}

/** Meets policies with episodes, again and again, and keeps the tasks of those that it has met. */
export class Rollouts {
  readonly #rules: EpisodeRules;
  readonly #known = new Map<string, Known>();
  #keptTasks = 0;

  constructor(rules: RolloutRules) {
    this.#rules = episodeRulesOf(rules);
  }

  meet(policy: Policy, meeting: Meeting): RolloutScore {
    const { workload, draw } = this.#drawn(meeting);
    return scoreOf(runEpisode(policy, workload, meeting.seed, { ...this.#rules, draws: () => draw }));
  }

  #drawn(meeting: Meeting): Known {
    const key = `${meeting.source} ${String(meeting.seed)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const workload = trainingWorkload(meeting.source, meeting.seed);
    const drawn = { workload, draw: new EpisodeDraw(workload, meeting.seed, this.#rules) };
    if (this.#keptTasks > MOST_KEPT_TASKS) this.#forget();
    this.#known.set(key, drawn);
    this.#keptTasks += drawn.draw.tasks.count;
    return drawn;
  }

  #forget(): void {
    this.#known.clear();
    this.#keptTasks = 0;
  }
}

/** Below so many tasks one missed task more or less says little. */
export const FEW_TASKS = 100;

/** Tasks that fell due until now, and those of them that were missed. */
export function lossOf({
  collected,
  tasks,
  nowSeconds,
}: FarmSimulation): Pick<RolloutScore, 'due' | 'missed'> {
  const due = collected.count + collected.overdueOf(tasks.count, nowSeconds);
  return { due, missed: due - collected.met };
}

/** Mean work generated per second: the workers that it keeps busy. */
export function meanLoadOf({ expectedServiceSeconds }: TaskTable, seconds: number): number {
  return expectedServiceSeconds.reduce((sum, each) => sum + each, 0) / seconds;
}

function scoreOf({ simulation, commands, workload }: Episode): RolloutScore {
  let workers = 0;
  let actions = 0;
  for (const command of commands) {
    workers += command.workers;
    if (command.workers !== command.before) actions += 1;
  }
  const steps = Math.max(1, commands.length);
  return {
    ...lossOf(simulation),
    meanWorkers: workers / steps,
    actions,
    steps,
    meanLoad: meanLoadOf(simulation.tasks, steps * workload.stepSeconds),
  };
}
