import type { Observation } from '../control/observation.ts';
import type { Decider, DeciderMemory, Policy } from './policy.ts';

/**
 * The constants of the strongest rule that looks at the load: square-root staffing with a margin, a queue term, a
 * floor, a smoothed rate and hysteresis. Found by `farmhand tune staffing`.
 */
export interface TunedStaffingConstants {
  /** Workers that are kept in any case. */
  readonly floor: number;
  /** Capacity beyond the load, as a share of it. */
  readonly margin: number;
  /** Capacity beyond the load, in units of its square root. */
  readonly safety: number;
  /** Share of the waiting work to be done within one step. */
  readonly backlogShare: number;
  /** Workers added while QoS is below 95 %. */
  readonly lowQosWorkers: number;
  /** Weight of the newest load when it is above the smoothed one, and when below; from 0 to 1. */
  readonly riseWeight: number;
  readonly fallWeight: number;
  /** The pool shrinks only when it is larger than needed by more than this. */
  readonly hysteresisWorkers: number;
  /** Where arrivals are announced: the highest rate within this time counts. */
  readonly aheadSeconds: number;
}

/** The published environment takes QoS below 95 % for low. */
const LOW_QOS = 0.95;

export function tunedStaffing(constants: TunedStaffingConstants): Policy {
  return { name: 'staffing', begin: (memory) => new TunedStaffing(constants, memory) };
}

class TunedStaffing implements Decider {
  readonly #constants: TunedStaffingConstants;
  #smoothedLoad: number | undefined;

  constructor(constants: TunedStaffingConstants, memory: DeciderMemory = {}) {
    this.#constants = constants;
    this.#smoothedLoad = memory['smoothedLoad'];
  }

  memory(): DeciderMemory {
    return this.#smoothedLoad === undefined ? {} : { smoothedLoad: this.#smoothedLoad };
  }

  decide(seen: Observation): number | undefined {
    const load = this.#load(seen);
    if (load === undefined) return undefined;
    const { floor, margin, safety, backlogShare, lowQosWorkers, hysteresisWorkers } = this.#constants;
    const step = seen.intervalSeconds ?? 1;
    const isLow = seen.qos !== undefined && seen.qos < LOW_QOS;
    const needed = Math.max(
      floor,
      load * (1 + margin) +
        safety * Math.sqrt(load) +
        (backlogShare * seen.waitingWorkSeconds) / step +
        (isLow ? lowQosWorkers : 0),
    );
    const wanted = Math.ceil(needed - 1e-9);
    if (wanted >= seen.workers) return wanted;
    return seen.workers - needed > hysteresisWorkers ? wanted : seen.workers;
  }

  /** Workers that the arrivals keep busy: the announced ones, or those of late. Undefined where neither is known. */
  #load(seen: Observation): number | undefined {
    const announced = announcedLoad(seen, this.#constants.aheadSeconds);
    const newest = seen.offeredLoad;
    if (newest !== undefined) {
      const before = this.#smoothedLoad ?? newest;
      const { riseWeight, fallWeight } = this.#constants;
      this.#smoothedLoad = before + (newest > before ? riseWeight : fallWeight) * (newest - before);
    }
    return announced ?? this.#smoothedLoad;
  }
}

function announcedLoad(seen: Observation, aheadSeconds: number): number | undefined {
  const { announcedRatePerSecond, meanServiceSeconds } = seen;
  if (announcedRatePerSecond === undefined || meanServiceSeconds === undefined) return undefined;
  const coming = announcedRatePerSecond.slice(0, Math.max(1, Math.round(aheadSeconds)));
  return Math.max(...coming, 0) * meanServiceSeconds;
}
