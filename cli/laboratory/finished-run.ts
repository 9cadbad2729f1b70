import { encodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { duration } from '../wording.ts';
import { drawRun } from './run-pictures.ts';
import { writeText } from './text-file.ts';

/** A training run whose learner has come to its end, or was stopped. */
export interface EndedRun {
  readonly folder: string;
  /** Absent where the run was stopped. */
  readonly document: PolicyFile | undefined;
  /** Where the policy is written as well. */
  readonly out: string | undefined;
  readonly tookSeconds: number;
  readonly threads: number;
  readonly output: Output;
}

/** Writes and draws what came of a run, and says so. @throws CommandError where it was stopped: how to go on */
export async function finishRun({ folder, document, out, ...run }: EndedRun): Promise<void> {
  const { output, threads } = run;
  if (document === undefined) throw interrupted(folder);
  if (out !== undefined) await writeText(out, encodePolicyFile(document));
  output.line(`${document.name}: ${scoresInWords(document)} after ${duration(run.tookSeconds)}`);
  await drawRun(folder, { threads, output });
  output.line(`Everything is in ${folder}.`);
}

export function interrupted(folder: string): CommandError {
  return new CommandError(`Interrupted and saved. Go on with --resume ${folder}`, EXIT.interrupted);
}

function scoresInWords({ scores }: PolicyFile): string {
  return scores
    .map(({ workload, qosPercent, meanWorkers, scalingActions }) =>
      [
        `${String(qosPercent)} % QoS at ${String(meanWorkers)} workers`,
        `${String(scalingActions)} actions`,
        `on ${String(workload)}`,
      ].join(', '),
    )
    .join('; ');
}
