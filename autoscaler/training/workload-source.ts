import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { exampleNames, exampleWorkload, isExampleName } from '../../shared/workload/example-workloads.ts';
import { isWorkloadName, workloadFor, workloadNames } from '../../shared/workload/named-workloads.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { parseTrace, traceWorkload } from './traces/invocation-trace.ts';
import { readWorkloadFile } from './workload-file.ts';

/** Where the episodes of a comparison come from. Plain data: it is sent to the threads that run them. */
export interface WorkloadSource {
  /** As it was asked for: a name, or the path of a file. */
  readonly asked: string;
  /** What the file holds; absent where the name says it all. */
  readonly file?: Workload;
}

/** Neither a name nor a file. */
export class UnknownWorkload extends Error {
  override readonly name = 'UnknownWorkload';

  constructor(asked: string) {
    const names = [...workloadNames, ...exampleNames].join(', ');
    super(
      `Expected a workload (${names}) a JSON file of one, or a trace (.csv); got ${JSON.stringify(asked)}.`,
    );
  }
}

/**
 * @param asked a name, or the path of a workload file (.json) or of a trace (.csv)
 * @throws UnknownWorkload, InvalidWorkloadFile, InvalidTrace
 */
export function workloadSource(asked: string): WorkloadSource {
  if (isWorkloadName(asked) || isExampleName(asked)) return { asked };
  if (asked.endsWith('.csv')) return { asked, file: readTrace(asked) };
  if (!asked.endsWith('.json')) throw new UnknownWorkload(asked);
  return { asked, file: readWorkloadFile(asked) };
}

function readTrace(path: string): Workload {
  return traceWorkload(parseTrace(readFileSync(path, 'utf8'), basename(path)), basename(path, '.csv'));
}

/** The workload of a seed; the schedule of some follows from it. */
export function workloadOf({ asked, file }: WorkloadSource, seed: number): Workload {
  if (file !== undefined) return file;
  if (isWorkloadName(asked)) return workloadFor(asked, seed);
  if (isExampleName(asked)) return exampleWorkload(asked, seed);
  throw new UnknownWorkload(asked);
}

/** The published episodes end as soon as every task is collected; all others last as long as they say. */
export function endsWhenDone({ asked, file }: WorkloadSource): boolean {
  return file === undefined && isWorkloadName(asked);
}
