import type { Phase } from './phase.ts';
import { highestMultiplier, isOscillating, multiplierAt, multiplierIntegral } from './phase.ts';
import { RandomStream } from './random-stream.ts';
import type { Schedule } from './schedule.ts';
import { expectedServiceSeconds, imageSidePixelsFor, paperServiceTimeModel } from './service-time-model.ts';
import type { Load, ServiceDistribution } from './workload.ts';

/** A task to come: when it is generated and how much work it is. */
export interface Arrival {
  /** 0 for the first task of the load. */
  readonly index: number;
  /** When it is generated, in seconds from the start of the load. */
  readonly atSeconds: number;
  /** Side of its square image. */
  readonly imageSidePixels: number;
  /** What deadlines and dispatch go by. */
  readonly expectedServiceSeconds: number;
  /** What the work really takes: nobody knows it before it is done. */
  readonly serviceSeconds: number;
}

/** All tasks of a load in order of time, with the clock by which the emitter went through its schedule. */
export interface ArrivalPlan extends ClockedPlan {
  readonly arrivals: readonly Arrival[];
}

/** The same tasks, one column a quantity: an object a task costs more than all else in a simulated episode. */
export interface ArrivalColumns extends ClockedPlan {
  readonly count: number;
  readonly atSeconds: Float64Array;
  readonly imageSidePixels: Uint16Array;
  readonly expectedServiceSeconds: Float64Array;
  readonly serviceSeconds: Float64Array;
}

export interface ClockedPlan {
  /** Absent where the schedule kept real time. */
  readonly clock: ScheduleClock | undefined;
}

/**
 * Where the emitter was in its schedule, window by window: the window planned for `plannedSeconds[i]` began at
 * `realSeconds[i]`. One entry more than windows: the last is the end of the schedule.
 */
export interface ScheduleClock {
  readonly realSeconds: readonly number[];
  readonly plannedSeconds: readonly number[];
}

interface GenerationTimes {
  readonly seconds: Float64Array;
  readonly clock: ScheduleClock | undefined;
}

/**
 * Draws every task of a load. The same load and seed give the same tasks; arrivals, sizes and service noise have a
 * stream each, so that the i-th task has the same size whenever it comes and however noisy its service is.
 *
 * `poisson`: a Poisson process of the planned rate, by thinning.
 *
 * `counted`: each phase makes exactly as many tasks as its rate integrates to, rounded. How they spread depends on
 * the schedule as a whole, because the published generator ignores oscillation, and lets its clock slip:
 * - Steady phases only: the paper's draw, as published. Windows of one second; a window's count is Poisson(tasks
 *   left / windows left), at most what is left, and the last window takes the rest. After each of a window's n tasks
 *   comes an exponential gap with mean window / n, the first task at the window's start. So a window with tasks lasts
 *   one second on average, an empty one no time at all, and the windows go on from wherever the one before ended: the
 *   paper's 240 s come out about 15 s shorter and vary by some 8 s, as its episodes of 26 to 30 steps of 8 s did.
 * - An oscillating phase among them: the documented load, whose clock has to hold or its oscillation would not be
 *   the one documented. Every phase then keeps its time, and its tasks are a Poisson process of the planned rate
 *   given that count: each window's share follows the integral of the rate over it.
 */
export function drawArrivals(load: Load, seed: number): ArrivalPlan {
  const { count, clock, atSeconds, imageSidePixels, ...columns } = drawArrivalColumns(load, seed);
  const arrivals = Array.from({ length: count }, (_, index) => ({
    index,
    atSeconds: atSeconds[index] ?? 0,
    imageSidePixels: imageSidePixels[index] ?? 0,
    expectedServiceSeconds: columns.expectedServiceSeconds[index] ?? 0,
    serviceSeconds: columns.serviceSeconds[index] ?? 0,
  }));
  return { arrivals, clock };
}

/** The tasks of `drawArrivals` as columns. */
export function drawArrivalColumns(load: Load, seed: number): ArrivalColumns {
  const { seconds, clock } = drawGenerationTimes(load, new RandomStream(seed, 'arrivals'));
  return { ...drawWork(seconds.length, load.service, seed), atSeconds: seconds, clock };
}

/**
 * How far the emitter is in its schedule at a time, in seconds of the schedule: what it knows when it announces its
 * next rates. The future of the window under way is not part of it.
 */
export function scheduleSecondsAt(plan: ClockedPlan, seconds: number): number {
  if (plan.clock === undefined) return seconds;
  const { realSeconds, plannedSeconds } = plan.clock;
  let low = 0;
  let high = realSeconds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((realSeconds[middle] ?? Infinity) <= seconds) low = middle + 1;
    else high = middle;
  }
  const window = low - 1;
  const begunSeconds = realSeconds[window];
  const plannedStart = plannedSeconds[window];
  if (begunSeconds === undefined || plannedStart === undefined) return seconds;
  const plannedEnd = plannedSeconds[window + 1] ?? Infinity;
  return Math.min(plannedEnd, plannedStart + (seconds - begunSeconds));
}

/** How many tasks a counted phase makes. */
export function countedTasks(schedule: Schedule, phase: Phase): number {
  return Math.round(schedule.baseRatePerSecond * multiplierIntegral(phase, 0, phase.seconds));
}

function allCountedTasks(schedule: Schedule): number {
  return schedule.phases.reduce((sum, phase) => sum + countedTasks(schedule, phase), 0);
}

function drawGenerationTimes(load: Load, stream: RandomStream): GenerationTimes {
  if (load.arrivals === 'poisson') return { seconds: poissonTimes(load, stream), clock: undefined };
  if (load.phases.some(isOscillating)) return { seconds: countedOnTheClock(load, stream), clock: undefined };
  return countedByWindow(load, stream);
}

/** Thinning (Lewis and Shedler 1979), phase by phase under each phase's own highest rate. */
function poissonTimes(schedule: Schedule, stream: RandomStream): Float64Array {
  const times: number[] = [];
  let phaseStartSeconds = 0;
  for (const phase of schedule.phases) {
    const highest = highestMultiplier(phase);
    const meanGapSeconds = 1 / (schedule.baseRatePerSecond * highest);
    const varies = isOscillating(phase);
    let secondsIntoPhase = stream.exponential(meanGapSeconds);
    while (secondsIntoPhase < phase.seconds) {
      const kept = !varies || stream.unit() * highest < multiplierAt(phase, secondsIntoPhase);
      if (kept) times.push(phaseStartSeconds + secondsIntoPhase);
      secondsIntoPhase += stream.exponential(meanGapSeconds);
    }
    phaseStartSeconds += phase.seconds;
  }
  return new Float64Array(times);
}

/** An exact count per phase, each task's time drawn by the phase's rate, by rejection. */
function countedOnTheClock(schedule: Schedule, stream: RandomStream): Float64Array {
  const times = new Float64Array(allCountedTasks(schedule));
  let count = 0;
  let phaseStartSeconds = 0;
  for (const phase of schedule.phases) {
    const highest = highestMultiplier(phase);
    const varies = isOscillating(phase);
    const inPhase = new Float64Array(countedTasks(schedule, phase));
    for (let index = 0; index < inPhase.length;) {
      const secondsIntoPhase = stream.unit() * phase.seconds;
      const kept = !varies || stream.unit() * highest < multiplierAt(phase, secondsIntoPhase);
      if (kept) inPhase[index++] = secondsIntoPhase;
    }
    inPhase.sort();
    for (const secondsIntoPhase of inPhase) times[count++] = phaseStartSeconds + secondsIntoPhase;
    phaseStartSeconds += phase.seconds;
  }
  return times;
}

const WINDOW_SECONDS = 1;

/** The published generator: see drawArrivals. */
function countedByWindow(schedule: Schedule, stream: RandomStream): GenerationTimes {
  const seconds = new Float64Array(allCountedTasks(schedule));
  let drawn = 0;
  const realSeconds: number[] = [];
  const plannedSeconds: number[] = [];
  let now = 0;
  let phaseStartSeconds = 0;
  for (const phase of schedule.phases) {
    // A phase that is not a whole number of windows long has windows a little longer or shorter.
    const windows = Math.max(1, Math.round(phase.seconds / WINDOW_SECONDS));
    const windowSeconds = phase.seconds / windows;
    let tasksLeft = countedTasks(schedule, phase);
    for (let window = 0; window < windows; window++) {
      realSeconds.push(now);
      plannedSeconds.push(phaseStartSeconds + window * windowSeconds);
      const count = windowCount(tasksLeft, windows - window, stream);
      tasksLeft -= count;
      for (let task = 0; task < count; task++) {
        seconds[drawn++] = now;
        now += stream.exponential(windowSeconds / count);
      }
    }
    phaseStartSeconds += phase.seconds;
  }
  realSeconds.push(now);
  plannedSeconds.push(phaseStartSeconds);
  return { seconds, clock: { realSeconds, plannedSeconds } };
}

function windowCount(tasksLeft: number, windowsLeft: number, stream: RandomStream): number {
  if (windowsLeft === 1) return tasksLeft;
  return Math.min(tasksLeft, stream.poisson(tasksLeft / windowsLeft));
}

function drawWork(
  count: number,
  service: ServiceDistribution,
  seed: number,
): Omit<ArrivalColumns, 'atSeconds' | 'clock'> {
  const sizes = new RandomStream(seed, 'sizes');
  const noise = new RandomStream(seed, 'serviceNoise');
  const imageSidePixels = new Uint16Array(count);
  const expected = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const wanted = sizes.gamma(service.shape, service.meanSeconds);
    const side = imageSidePixelsFor(paperServiceTimeModel, wanted);
    imageSidePixels[index] = side;
    expected[index] = expectedServiceSeconds(paperServiceTimeModel, side * side);
  }
  const real =
    service.noiseCv === 0 ? expected : expected.map((each) => each * noise.lognormal(service.noiseCv));
  return { count, imageSidePixels, expectedServiceSeconds: expected, serviceSeconds: real };
}
