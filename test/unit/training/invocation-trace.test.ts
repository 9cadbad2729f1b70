import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace, traceWorkload } from '../../../autoscaler/training/traces/invocation-trace.ts';
import { syntheticTrace } from '../../../autoscaler/training/traces/synthetic-trace.ts';
import { workloadOf, workloadSource } from '../../../autoscaler/training/workload-source.ts';
import { expectedArrivals, scheduleSeconds } from '../../../shared/workload/schedule.ts';

const HEAD = 'app,func,end_timestamp,duration';
const shipped = 'autoscaler/training/traces/synthetic.csv';

describe('a trace of invocations', () => {
  it('becomes a load with as many calls in each step as it counts', () => {
    const trace = parseTrace([HEAD, 'a,f,11,1', 'a,f,12,1', 'b,g,21,2', ''].join('\n'), 'trace.csv');
    const workload = traceWorkload(trace, 'trace');
    expect(workload.steps).toBe(2);
    expect(expectedArrivals(workload, 0, 8)).toBeCloseTo(2, 9);
    expect(expectedArrivals(workload, 8, 16)).toBeCloseTo(1, 9);
  });

  it('has the mean and the spread of the durations', () => {
    const trace = parseTrace([HEAD, 'a,f,1,1', 'a,f,9,3'].join('\n'), 'trace.csv');
    expect(traceWorkload(trace, 'trace').service).toEqual({ shape: 4, meanSeconds: 2, noiseCv: 0 });
  });

  it('is refused by line where it is something else', () => {
    expect(() => parseTrace('a,b\n1,2', 'x.csv')).toThrow(/x\.csv, line 1: expected the columns/);
    expect(() => parseTrace(`${HEAD}\na,f,1,1\na,f,soon,1`, 'x.csv')).toThrow(/line 3: .*soon/);
    expect(() => parseTrace(`${HEAD}\na,f,1,-1`, 'x.csv')).toThrow(/line 2/);
  });

  it('ships as an example that follows from its seed', () => {
    expect(readFileSync(shipped, 'utf8')).toBe(syntheticTrace(1));
    const workload = workloadOf(workloadSource(shipped), 1);
    expect(scheduleSeconds(workload)).toBeCloseTo(workload.steps * workload.stepSeconds, 6);
  });
});
