import { describe, expect, it } from 'vitest';
import { NOTHING_REMEMBERED, lookAt } from '../../../autoscaler/deployment-memory.ts';
import type { DeploymentLook, DeploymentMemory } from '../../../autoscaler/deployment-memory.ts';

const DAY = 86_400;

function look(fence: number, replicas: number, also: Partial<DeploymentLook> = {}): DeploymentLook {
  const pods = Array.from({ length: replicas }, (_, index) => `pod-${String(index + 1)}`);
  return { name: 'worker', fence, atSeconds: fence * 8, replicas, pods, ...also };
}

/** A step that has asked for this many, and had it confirmed. */
function asking(fence: number, replicas: number, removed: readonly string[] = []): DeploymentMemory {
  return { ...NOTHING_REMEMBERED, change: { fence, replicas, isConfirmed: true, removed } };
}

function askedAgain(memory: DeploymentMemory, fence: number, replicas: number): DeploymentMemory {
  return { ...memory, change: { fence, replicas, isConfirmed: true, removed: [] } };
}

describe('a count that something keeps below what was asked', () => {
  it('is taken for a limit where it was asked again, and set back again', () => {
    const once = lookAt(asking(1, 8), look(2, 5));
    expect(once).toMatchObject({ undone: 1 });
    expect(once.ceiling).toBeUndefined();
    expect(lookAt(askedAgain(once, 2, 9), look(3, 5)).ceiling).toEqual({ replicas: 5, sinceSeconds: 24 });
  });

  it('is counted once a step, however often the step looks', () => {
    const once = lookAt(asking(1, 8), look(2, 5));
    expect(lookAt(once, look(2, 5))).toBe(once);
  });

  it('is none where nobody asked again: somebody scaled by hand', () => {
    let seen = lookAt(asking(1, 8), look(2, 5));
    for (const fence of [3, 4, 5]) seen = lookAt(seen, look(fence, 5));
    expect(seen.ceiling).toBeUndefined();
    expect(lookAt(askedAgain(seen, 5, 8), look(6, 8))).toMatchObject({ undone: 0 });
    expect(lookAt(askedAgain(seen, 5, 8), look(6, 5)).ceiling).toMatchObject({ replicas: 5 });
  });

  it('is none where the count came after all', () => {
    const once = lookAt(asking(1, 8), look(2, 5));
    const came = lookAt(once, look(3, 8));
    expect(came).toMatchObject({ undone: 0 });
    expect(lookAt(came, look(4, 5)).ceiling).toBeUndefined();
  });

  it('is none where nobody knows whether the change was ever sent', () => {
    const unsent = {
      ...NOTHING_REMEMBERED,
      change: { fence: 1, replicas: 8, isConfirmed: false, removed: [] },
    };
    expect(lookAt(lookAt(unsent, look(2, 5)), look(3, 5)).ceiling).toBeUndefined();
  });

  const limited = lookAt(askedAgain(lookAt(asking(1, 8), look(2, 5)), 2, 8), look(3, 5));

  it('stays a limit from step to step', () => {
    expect(lookAt(limited, look(4, 5)).ceiling).toEqual(limited.ceiling);
    expect(lookAt(limited, look(4, 2)).ceiling).toEqual(limited.ceiling);
  });

  it('is forgotten where the count has risen above it', () => {
    expect(lookAt(limited, look(4, 6)).ceiling).toBeUndefined();
  });

  it('is tried once more after a while', () => {
    expect(lookAt(limited, look(4, 5, { atSeconds: DAY })).ceiling).toBeUndefined();
  });
});

describe('a pod that was to go', () => {
  it('and is still there when the count is right was spared for another one', () => {
    const seen = lookAt(asking(1, 2, ['pod-1']), look(2, 2));
    expect(seen).toMatchObject({ notices: [{ reason: 'otherRemoved' }], othersRemoved: 1 });
    expect(seen.notices[0]?.detail).toContain('pod-1');
    expect(lookAt(seen, look(3, 2))).toMatchObject({ notices: [], othersRemoved: 1 });
  });

  it('is waited for while there are too many', () => {
    const pods = ['pod-1', 'pod-2', 'pod-3'];
    const waiting = lookAt(asking(1, 2, ['pod-1']), look(2, 2, { pods }));
    expect(waiting.notices).toEqual([]);
    expect(lookAt(waiting, look(3, 2)).notices).toHaveLength(1);
  });

  it('has gone where it is no longer among the others', () => {
    expect(lookAt(asking(1, 2, ['pod-9']), look(2, 2))).toMatchObject({ notices: [], othersRemoved: 0 });
  });

  it('is still there because its removal was never carried out, which is nobody else’s', () => {
    const unsent = asking(1, 2, ['pod-1']);
    expect(lookAt(unsent, look(2, 3))).toMatchObject({ notices: [], othersRemoved: 0 });
  });
});
