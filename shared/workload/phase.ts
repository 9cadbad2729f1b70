/** A stretch of load at a constant multiple of the base rate. */
export interface SteadyPhase {
  readonly seconds: number;
  readonly multiplier: number;
}

/**
 * A stretch of load that swings about a midpoint: midpoint + amplitude · sin(2π · cycles · t / seconds) times the
 * base rate. Where the amplitude exceeds the midpoint the rate rests at 0: there are no negative arrivals.
 */
export interface OscillatingPhase {
  readonly seconds: number;
  readonly midpoint: number;
  readonly amplitude: number;
  readonly cycles: number;
}

/** Told apart by their fields, so that a phase in a workload file needs no tag. */
export type Phase = SteadyPhase | OscillatingPhase;

export function steady(multiplier: number, seconds: number): SteadyPhase {
  return { seconds, multiplier };
}

export function oscillating(
  swing: { readonly midpoint: number; readonly amplitude: number; readonly cycles: number },
  seconds: number,
): OscillatingPhase {
  return { seconds, midpoint: swing.midpoint, amplitude: swing.amplitude, cycles: swing.cycles };
}

/** Whether the phase has a swing; by its kind, also when its amplitude is 0. */
export function isOscillating(phase: Phase): phase is OscillatingPhase {
  return 'midpoint' in phase;
}

/** Multiple of the base rate at so many seconds into the phase. */
export function multiplierAt(phase: Phase, secondsIntoPhase: number): number {
  if (!isOscillating(phase)) return phase.multiplier;
  const angle = (2 * Math.PI * phase.cycles * secondsIntoPhase) / phase.seconds;
  return Math.max(0, phase.midpoint + phase.amplitude * Math.sin(angle));
}

/** No multiplier of the phase is above this: the envelope for drawing arrivals by rejection. */
export function highestMultiplier(phase: Phase): number {
  if (!isOscillating(phase)) return phase.multiplier;
  return Math.max(0, phase.midpoint + Math.abs(phase.amplitude));
}

/** Integral of the multiplier over part of the phase, in seconds, in closed form. */
export function multiplierIntegral(phase: Phase, fromSeconds: number, toSeconds: number): number {
  if (!isOscillating(phase)) return phase.multiplier * (toSeconds - fromSeconds);
  const angularRate = (2 * Math.PI * phase.cycles) / phase.seconds;
  if (angularRate === 0) return Math.max(0, phase.midpoint) * (toSeconds - fromSeconds);
  const upTo = (seconds: number): number => swingIntegral(phase, angularRate * seconds) / angularRate;
  return upTo(toSeconds) - upTo(fromSeconds);
}

/** Integral of max(0, midpoint + amplitude · sin x) for x from 0 to the angle. */
function swingIntegral({ midpoint, amplitude }: OscillatingPhase, angle: number): number {
  const smooth = (x: number): number => midpoint * x + amplitude * (1 - Math.cos(x));
  if (midpoint >= Math.abs(amplitude)) return smooth(angle);
  if (midpoint <= -Math.abs(amplitude)) return 0;
  // The rate rests at 0 for part of each turn: add up whole turns, then the part of the last one that is above 0.
  // A negative amplitude is the positive one, half a turn on.
  const size = Math.abs(amplitude);
  const shift = amplitude < 0 ? Math.PI : 0;
  return clippedIntegral(midpoint, size, angle + shift) - clippedIntegral(midpoint, size, shift);
}

/** The same for |midpoint| < amplitude: over one turn the rate is above 0 from −edge to π + edge. */
function clippedIntegral(midpoint: number, amplitude: number, angle: number): number {
  const edge = Math.asin(midpoint / amplitude);
  const fromEdge = (x: number): number => midpoint * (x + edge) + amplitude * (Math.cos(edge) - Math.cos(x));
  const fullTurn = fromEdge(Math.PI + edge);
  const turns = Math.floor((angle + edge) / (2 * Math.PI));
  const rest = angle - turns * 2 * Math.PI;
  return turns * fullTurn + fromEdge(Math.min(rest, Math.PI + edge));
}
