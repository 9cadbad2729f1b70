/** Time that a picture has from its submission to its Result. */
export const IMAGE_DEADLINE_SECONDS = 5;

/** Bounds of the pool while the load runs. Its workers wait most of the time, so there may be more than cores. */
export const DEMO_WORKERS = { min: 1, max: 8 } as const;

/** Short, so that half a minute holds enough steps to see the pool grow and shrink. */
export const DEMO_STEP_SECONDS = 1.5;

/** What `POST /load` is told: a rise, a peak, a fall; about 190 tasks in 27 s. */
export const DEMO_LOAD = {
  type: 'calibrated',
  seed: 1,
  baseRatePerSecond: 1,
  phases: [
    { seconds: 8, multiplier: 4 },
    { seconds: 10, multiplier: 14 },
    { seconds: 9, multiplier: 2 },
  ],
  service: { shape: 4, meanSeconds: 0.25, noiseCv: 0.1 },
  // The deadline is four times the expected service time: twice what the farm gives by itself.
  deadlineFactor: 2,
} as const;
