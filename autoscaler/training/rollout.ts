import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { Policy } from '../../shared/policy/policy.ts';
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
  /** Mean work generated per second: the workers that it keeps busy. */
  readonly meanLoad: number;
}

export interface RolloutRules {
  readonly dispatch: DispatchOrder;
  readonly stepLimit: number;
  readonly announced: boolean;
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
    const dispatch = { order: rules.dispatch, lostShare: 0, triageLimit: 32 };
    this.#rules = {
      ...DEFAULT_EPISODE_RULES,
      dispatch,
      stepLimit: rules.stepLimit,
      announced: rules.announced,
    };
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

function scoreOf({ simulation, commands, workload }: Episode): RolloutScore {
  const { collected, tasks, nowSeconds } = simulation;
  const due = collected.count + collected.overdueOf(tasks.count, nowSeconds);
  let workers = 0;
  let actions = 0;
  for (const command of commands) {
    workers += command.workers;
    if (command.workers !== command.before) actions += 1;
  }
  const work = tasks.expectedServiceSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const steps = Math.max(1, commands.length);
  return {
    due,
    missed: due - collected.met,
    meanWorkers: workers / steps,
    actions,
    steps,
    meanLoad: work / (steps * workload.stepSeconds),
  };
}
