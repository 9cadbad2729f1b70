import { describe, expect, it } from 'vitest';
import {
  horizontalPodAutoscaler,
  KUBERNETES_PACE,
} from '../../../shared/policy/horizontal-pod-autoscaler.ts';
import { kedaListLength } from '../../../shared/policy/keda.ts';
import { anObservation } from '../../support/build-snapshot.ts';

const seen = (overrides: Parameters<typeof anObservation>[0]): ReturnType<typeof anObservation> =>
  anObservation({ intervalSeconds: 15, workers: 10, ...overrides });

describe('a rule like the HorizontalPodAutoscaler', () => {
  it('scales by the busy share of the ready workers', () => {
    const rule = horizontalPodAutoscaler().begin();
    expect(rule.decide(seen({ busyWorkers: 10 }))).toBe(15);
  });

  it('does nothing within its tolerance', () => {
    const rule = horizontalPodAutoscaler().begin();
    expect(rule.decide(seen({ busyWorkers: 7 }))).toBe(10);
    expect(
      horizontalPodAutoscaler(0.65)
        .begin()
        .decide(seen({ busyWorkers: 7 })),
    ).toBe(10);
  });

  it('at most doubles the pool, or adds four', () => {
    const strict = horizontalPodAutoscaler(0.1);
    expect(strict.begin().decide(seen({ busyWorkers: 10 }))).toBe(20);
    expect(strict.begin().decide(seen({ workers: 2, busyWorkers: 2 }))).toBe(6);
  });

  it('counts workers that are still starting as idle before it scales up', () => {
    const rule = horizontalPodAutoscaler().begin();
    expect(rule.decide(seen({ workers: 15, startingWorkers: 5, busyWorkers: 10 }))).toBe(15);
  });

  it('scales down to the most that was recommended within its window', () => {
    const rule = horizontalPodAutoscaler(0.7, { ...KUBERNETES_PACE, downscaleWindowSeconds: 40 }).begin();
    rule.decide(seen({ busyWorkers: 7 }));
    expect(rule.decide(seen({ busyWorkers: 3 }))).toBe(10);
    expect(rule.decide(seen({ busyWorkers: 2 }))).toBe(10);
    expect(rule.decide(seen({ busyWorkers: 2 }))).toBe(5);
    expect(rule.decide(seen({ workers: 5, busyWorkers: 2 }))).toBe(3);
  });
});

describe('a rule like KEDA’s on the length of a list', () => {
  const down = { ...KUBERNETES_PACE, downscaleWindowSeconds: 0 };

  it('wants a worker for every so many waiting tasks', () => {
    expect(
      kedaListLength(5)
        .begin()
        .decide(seen({ waitingTasks: 72 })),
    ).toBe(15);
  });

  it('keeps one worker where nothing waits', () => {
    expect(
      kedaListLength(5, down)
        .begin()
        .decide(seen({ waitingTasks: 0 })),
    ).toBe(1);
  });

  it('does nothing within its tolerance', () => {
    expect(
      kedaListLength(5, down)
        .begin()
        .decide(seen({ waitingTasks: 46 })),
    ).toBe(10);
  });
});
