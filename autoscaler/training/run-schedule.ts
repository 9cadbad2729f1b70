/** From one figure to another by a constant factor: half-way it is their geometric mean. Both above 0. */
export function between(start: number, end: number, progress: number): number {
  return start * Math.pow(end / start, Math.min(1, Math.max(0, progress)));
}

/** From one figure to another by equal steps, reached after a share of the run. */
export function ramp(start: number, end: number, share: number): number {
  return start + (end - start) * Math.min(1, Math.max(0, share));
}
