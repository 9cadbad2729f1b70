import type { AnnouncedRate } from '../../shared/farm/snapshot.ts';
import type { DeadlineRule } from '../../shared/farm/deadline.ts';
import { tabulate } from '../../shared/simulator/task-table.ts';
import type { TaskTable } from '../../shared/simulator/task-table.ts';
import { drawArrivalColumns, scheduleSecondsAt } from '../../shared/workload/arrivals.ts';
import type { ClockedPlan } from '../../shared/workload/arrivals.ts';
import { announcedRate } from '../../shared/workload/workload.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** How far ahead an emitter announces its rate. */
const ANNOUNCED_SECONDS = 60;

/** What has to be known, beside the load and the seed, to draw the tasks of an episode. */
export interface DrawRules {
  readonly deadline: DeadlineRule;
  readonly handOver: { readonly collectSeconds: number };
}

/** The tasks of one workload and seed, and what its emitter knows at a time. Nothing of it changes in an episode. */
export class EpisodeDraw {
  readonly tasks: TaskTable;
  readonly #workload: Workload;
  readonly #plan: ClockedPlan;
  /** By time: the episodes of a training run ask at the same moments again and again. */
  readonly #announced = new Map<number, AnnouncedRate>();

  constructor(workload: Workload, seed: number, rules: DrawRules) {
    this.#workload = workload;
    const columns = drawArrivalColumns(workload, seed);
    this.#plan = columns;
    this.tasks = tabulate(columns, rules.deadline, rules.handOver.collectSeconds);
  }

  /** The rates that the emitter announces at a time, one figure a second. */
  announcedAt(nowSeconds: number): AnnouncedRate {
    const known = this.#announced.get(nowSeconds);
    if (known !== undefined) return known;
    const inSchedule = scheduleSecondsAt(this.#plan, nowSeconds);
    const ratePerSecond: number[] = [];
    for (let ahead = 0; ahead < ANNOUNCED_SECONDS; ahead += 1) {
      ratePerSecond.push(announcedRate(this.#workload, inSchedule + ahead));
    }
    const announced = { fromSeconds: nowSeconds, ratePerSecond };
    this.#announced.set(nowSeconds, announced);
    return announced;
  }

  phasesLeftAt(nowSeconds: number): number {
    const inSchedule = scheduleSecondsAt(this.#plan, nowSeconds);
    let endsAt = 0;
    let left = 0;
    for (const phase of this.#workload.phases) {
      endsAt += phase.seconds;
      if (endsAt > inSchedule) left += 1;
    }
    // The one under way has been handed to the emitter already.
    return Math.max(0, left - 1);
  }
}
