import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { exampleNames, exampleWorkload, isExampleName } from '../../shared/workload/example-workloads.ts';
import { isWorkloadName, workloadFor, workloadNames } from '../../shared/workload/named-workloads.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { parseTrace, traceWorkload } from './traces/invocation-trace.ts';
import { readWorkloadFile } from './workload-file.ts';

/** As in a workload file. */
const MOST_NOISE = 10;

/** Where the episodes of a comparison come from. Plain data: it is sent to the threads that run them. */
export interface WorkloadSource {
  /** As it was asked for: a name, or the path of a file; and the noise, where that was. */
  readonly asked: string;
  /** The name alone, where more was asked for. */
  readonly name?: string;
  /** What the file holds; absent where the name says it all. */
  readonly file?: Workload;
  /** Coefficient of variation of real / expected service time; absent for the workload's own. */
  readonly noiseCv?: number;
  /** What else is set, whatever the workload itself says. */
  readonly changes?: WorkloadChanges;
}

export type WorkloadChanges = Partial<Pick<Workload, 'initialWorkers' | 'stepSeconds' | 'steps'>>;

/** Neither a name nor a file. */
export class UnknownWorkload extends Error {
  override readonly name = 'UnknownWorkload';

  constructor(asked: string) {
    const names = [...workloadNames, ...exampleNames].join(', ');
    super(
      `Expected a workload (${names}), a JSON file of one, or a trace (.csv), ` +
        `each with :noise=0.2 behind it for noisy service times; got ${JSON.stringify(asked)}.`,
    );
  }
}

/**
 * @param asked a name, or the path of a workload file (.json) or of a trace (.csv); with `:noise=0.2` behind it, the
 * same with service times that vary by that coefficient about the expected ones
 * @throws UnknownWorkload, InvalidWorkloadFile, InvalidTrace
 */
export function workloadSource(asked: string): WorkloadSource {
  const [, name = '', noise = ''] = /^(.+):noise=(\d{1,2}(?:\.\d{1,6})?)$/.exec(asked) ?? [];
  if (name !== '' && Number(noise) <= MOST_NOISE) {
    return { name, ...workloadSource(name), asked, noiseCv: Number(noise) };
  }
  if (isWorkloadName(asked) || isExampleName(asked)) return { asked };
  if (asked.endsWith('.csv')) return { asked, file: readTrace(asked) };
  if (!asked.endsWith('.json')) throw new UnknownWorkload(asked);
  return { asked, file: readWorkloadFile(asked) };
}

function readTrace(path: string): Workload {
  return traceWorkload(parseTrace(readFileSync(path, 'utf8'), basename(path)), basename(path, '.csv'));
}

/** The workload of a seed; the schedule of some follows from it. */
export function workloadOf(source: WorkloadSource, seed: number): Workload {
  const { noiseCv, changes } = source;
  const workload = { ...plainWorkload(source, seed), ...changes };
  return noiseCv === undefined ? workload : { ...workload, service: { ...workload.service, noiseCv } };
}

function plainWorkload({ asked, name = asked, file }: WorkloadSource, seed: number): Workload {
  if (file !== undefined) return file;
  if (isWorkloadName(name)) return workloadFor(name, seed);
  if (isExampleName(name)) return exampleWorkload(name, seed);
  throw new UnknownWorkload(name);
}

/** The published episodes end as soon as every task is collected; all others last as long as they say. */
export function endsWhenDone({ asked, name = asked, file }: WorkloadSource): boolean {
  return file === undefined && isWorkloadName(name);
}
