import { answerTo } from '../shared/io/request-refused.ts';
import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { Collector } from './collector.ts';

let collector: Collector | undefined;

/** run() and handle() are two sides of one collector, whichever is called first. */
function collectorOf(context: FunctionContext): Collector {
  collector ??= new Collector(context);
  return collector;
}

/** Records Results until the platform stops the process. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  await collectorOf(context).run(signal);
}

/** Serves Results. */
export async function handle(request: FunctionRequest, context: FunctionContext): Promise<FunctionResponse> {
  try {
    return await collectorOf(context).answer(request);
  } catch (error) {
    const answer = answerTo(error);
    if (answer === undefined) throw error;
    return answer;
  }
}
