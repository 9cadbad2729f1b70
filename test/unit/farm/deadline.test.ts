import { describe, expect, it } from 'vitest';
import {
  deadlineSeconds,
  latestStartSeconds,
  meetsDeadline,
  slackSeconds,
} from '../../../shared/farm/deadline.ts';

describe('a deadline', () => {
  it('is twice the expected service time', () => {
    expect(deadlineSeconds(1.5)).toBe(3);
  });
  it('is tightened and loosened by the factor of the task', () => {
    expect(deadlineSeconds(1.5, 0.5)).toBe(1.5);
    expect(deadlineSeconds(1.5, 4)).toBe(12);
  });
  it('is never below the floor nor above the cap', () => {
    expect(deadlineSeconds(0.001)).toBe(0.1);
    expect(deadlineSeconds(100)).toBe(30);
  });
  it('counts as met by a response exactly at it', () => {
    expect(meetsDeadline(3, 3)).toBe(true);
    expect(meetsDeadline(3.000001, 3)).toBe(false);
  });
  it('leaves slack until the latest start, and less than none after it', () => {
    const latest = latestStartSeconds(110, 4);
    expect(slackSeconds(latest, 100)).toBe(6);
    expect(slackSeconds(latest, 107)).toBe(-1);
  });
});
