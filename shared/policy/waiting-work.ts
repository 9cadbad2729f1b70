/** One part of a step, through which waiting work is followed. */
export interface Part {
  /** Workers that arriving work keeps busy. */
  readonly load: number;
  /** Workers that serve. */
  readonly capacity: number;
  /** Most seconds of work that can wait; what goes beyond it is missed. */
  readonly room: number;
}

/** By what waiting work is followed, the same in all parts of a plan. */
export interface WaitingWorkRules {
  readonly partSeconds: number;
  /** Variance of the work that arrives in a second, for each worker that it keeps busy: seconds. */
  readonly scatterSeconds: number;
  /** What a second of missed work costs. */
  readonly missPrice: number;
  /** The highest load and the most room that will be asked for. */
  readonly highestLoad: number;
  readonly mostRoom: number;
}

/** Work that arrives scatters like a normal distribution: three points of these weights have its mean and variance. */
const OUTER_POINT = Math.sqrt(3);
const OUTER_WEIGHT = 1 / 6;
const MIDDLE_WEIGHT = 2 / 3;

/** How far two points of the grid are apart, as a share of the scatter of one part; and how many there are at most. */
const FINENESS = 0.7;
const MOST_POINTS = 20;

/**
 * Expected costs by the work that waits, in seconds, on an even grid from none to more than there is room for. Work
 * that finds no room is missed, and waits no longer: dispatch gives up what cannot be met.
 */
export class WaitingWork {
  readonly points: number;
  readonly #rules: WaitingWorkRules;
  readonly #spacing: number;
  /** Costs beyond both ends of the grid, and on it. */
  readonly #wide: Float64Array;
  readonly #beyond: number;

  constructor(rules: WaitingWorkRules) {
    this.#rules = rules;
    const { scatterSeconds, highestLoad, partSeconds, mostRoom } = rules;
    const scatter = Math.sqrt(scatterSeconds * highestLoad * partSeconds);
    this.#spacing = Math.max(FINENESS * scatter, mostRoom / MOST_POINTS, 1e-6);
    this.points = Math.ceil(mostRoom / this.#spacing) + 2;
    this.#beyond = 3 * this.points + 8;
    this.#wide = new Float64Array(this.points + 2 * this.#beyond);
  }

  /** Costs at the end of a plan: so much for each second of work that still waits. */
  atEnd(pricePerSecond: number): Float64Array {
    return Float64Array.from({ length: this.points }, (_, at) => pricePerSecond * at * this.#spacing);
  }

  /** Turns the costs after a part of a step into those before it. */
  goBack(costs: Float64Array, part: Part): void {
    const { partSeconds, scatterSeconds } = this.#rules;
    const { points } = this;
    const [most, least] = [this.#beyond - 2, 2 - this.#beyond];
    const within = (shift: number): number => Math.min(most, Math.max(least, shift));
    const drift = ((part.load - part.capacity) * partSeconds) / this.#spacing;
    const scatter = Math.sqrt(scatterSeconds * part.load * partSeconds) / this.#spacing;
    const low = within(drift - OUTER_POINT * scatter);
    const middle = within(drift);
    const high = within(drift + OUTER_POINT * scatter);
    this.#widen(costs, { low, high, room: part.room / this.#spacing });
    costs.fill(0);
    addShifted(costs, this.#wide, { by: this.#beyond + low, weight: OUTER_WEIGHT, points });
    addShifted(costs, this.#wide, { by: this.#beyond + middle, weight: MIDDLE_WEIGHT, points });
    addShifted(costs, this.#wide, { by: this.#beyond + high, weight: OUTER_WEIGHT, points });
  }

  /** Costs at any amount of waiting work. */
  read(costs: Float64Array, seconds: number): number {
    const last = this.points - 1;
    const place = Math.max(0, seconds / this.#spacing);
    const at = Math.min(last - 1, Math.floor(place));
    const below = costs[at] ?? 0;
    const onGrid = below + (Math.min(place, last) - at) * ((costs[at + 1] ?? 0) - below);
    return onGrid + this.#rules.missPrice * Math.max(0, place - last) * this.#spacing;
  }

  /** Lowers costs to others where those are lower, which hold for so many seconds of waiting work less. */
  lower(costs: Float64Array, others: Float64Array, lessSeconds: number, extra: number): void {
    for (let at = 0; at < this.points; at += 1) {
      const other = lessSeconds > 0 ? this.read(others, at * this.#spacing - lessSeconds) : (others[at] ?? 0);
      if (other + extra < (costs[at] ?? Infinity)) costs[at] = other + extra;
    }
  }

  /** Nothing waits below 0; beyond the room everything is missed. */
  #widen(costs: Float64Array, { low, high, room }: Span): void {
    const [wide, beyond] = [this.#wide, this.#beyond];
    const price = this.#rules.missPrice * this.#spacing;
    const full = Math.min(this.points - 2, Math.floor(room));
    const below = costs[full] ?? 0;
    const atRoom = below + (room - full) * ((costs[full + 1] ?? 0) - below);
    wide.fill(costs[0] ?? 0, beyond + Math.min(0, Math.floor(low)), beyond);
    for (let at = 0; at <= full; at += 1) wide[beyond + at] = costs[at] ?? 0;
    const last = this.points + Math.max(0, Math.floor(high)) + 1;
    for (let at = full + 1; at <= last; at += 1) wide[beyond + at] = atRoom + price * (at - room);
  }
}

/** In points of the grid. */
interface Span {
  readonly low: number;
  readonly high: number;
  readonly room: number;
}

interface Shift {
  readonly by: number;
  readonly weight: number;
  readonly points: number;
}

/** Adds values read so many points further on, between points on a straight line. */
function addShifted(to: Float64Array, from: Float64Array, { by, weight, points }: Shift): void {
  const whole = Math.floor(by);
  const upper = weight * (by - whole);
  const lower = weight - upper;
  for (let at = 0; at < points; at += 1) {
    to[at] = (to[at] ?? 0) + lower * (from[at + whole] ?? 0) + upper * (from[at + whole + 1] ?? 0);
  }
}
