import { answerTo } from '../shared/io/request-refused.ts';
import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { Emitter } from './emitter.ts';

let emitter: Emitter | undefined;

/** run() and handle() are two sides of one emitter, whichever is called first. */
function emitterOf(context: FunctionContext): Emitter {
  emitter ??= new Emitter(context);
  return emitter;
}

/** Checks the farm, then generates load whenever there is one to generate. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  await emitterOf(context).run(signal);
}

/** Takes work in. */
export async function handle(request: FunctionRequest, context: FunctionContext): Promise<FunctionResponse> {
  try {
    return await emitterOf(context).answer(request);
  } catch (error) {
    const answer = answerTo(error);
    if (answer === undefined) throw error;
    return answer;
  }
}
