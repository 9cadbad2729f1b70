import { describe, expect, it } from 'vitest';
import { Throttled, failureOf } from '../../../autoscaler/kubernetes-reply.ts';

const CALL = 'scale deployment worker to 2';

function reasonOf(status: number, body: unknown = { message: 'no' }): string {
  return failureOf({ status, body, retryAfterSeconds: undefined }, CALL).reason;
}

describe('a refusal by the Kubernetes API', () => {
  it.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [409, 'conflict'],
    [400, 'poolRefused'],
    [413, 'poolRefused'],
    [429, 'throttled'],
    [500, 'poolAway'],
    [503, 'poolAway'],
    [504, 'poolAway'],
  ])('with status %i is %s', (status, reason) => {
    expect(reasonOf(status)).toBe(reason);
  });

  it.each([{ message: 'm'.repeat(1_000_000) }, 'm'.repeat(1_000_000)])(
    'is not quoted without end',
    (body) => {
      const { message } = failureOf({ status: 400, body, retryAfterSeconds: undefined }, CALL);
      expect(message).toContain('mmm');
      expect(message.length).toBeLessThan(1000);
    },
  );

  it('is a conflict where the test of a patch does not hold, which it does not put into words', () => {
    const message = 'the server rejected our request due to an error in our request';
    const body = { kind: 'Status', status: 'Failure', message, reason: 'Invalid', details: {}, code: 422 };
    expect(reasonOf(422, body)).toBe('conflict');
    expect(reasonOf(422, JSON.stringify(body))).toBe('conflict');
  });

  it('is none where the object that would follow is invalid', () => {
    const message = 'Scale.autoscaling "worker" is invalid: spec.replicas: Invalid value: -3';
    const details = { name: 'worker', kind: 'Scale', causes: [{ field: 'spec.replicas' }] };
    expect(reasonOf(422, { message, reason: 'Invalid', details, code: 422 })).toBe('poolRefused');
  });

  it('says what was asked, what the API said, and what to do', () => {
    const body = '{"message":"deployments.apps \\"worker\\" is forbidden"}';
    const { message } = failureOf({ status: 403, body, retryAfterSeconds: undefined }, CALL);
    expect(message).toContain('deployments.apps "worker" is forbidden (403, scale deployment worker to 2)');
    expect(message).toContain('rbac.yaml');
  });

  it('that is no object of the API is quoted, cut to a line', () => {
    const { message } = failureOf(
      { status: 502, body: 'x'.repeat(5000), retryAfterSeconds: undefined },
      CALL,
    );
    expect(message.length).toBeLessThan(300);
  });
});

describe('throttling', () => {
  it.each([
    [7, 7],
    [undefined, 1],
    [3600, 60],
    [-5, 0],
  ])('that names %s s is kept for %i s', (retryAfterSeconds, kept) => {
    const failure = failureOf({ status: 429, body: undefined, retryAfterSeconds }, CALL);
    expect(failure).toBeInstanceOf(Throttled);
    expect(failure).toMatchObject({ reason: 'throttled', retryAfterSeconds: kept });
  });
});
