import type { FunctionRequest, FunctionResponse, Logger } from '../template/farm-node22/contract.ts';
import type { Autoscaler } from './autoscaler.ts';

/** Decisions that the status shows. */
const SHOWN = 20;

/** `POST /` is one step and answers with its decision; `GET /` shows the latest decisions. */
export async function answerRequest(
  request: FunctionRequest,
  autoscaler: Autoscaler | undefined,
  log: Logger,
): Promise<FunctionResponse> {
  if (request.path !== '/')
    return problem(404, `There is no ${request.path} here: POST / for a step, GET / for the status.`);
  if (autoscaler === undefined) return problem(503, 'Not connected to the farm yet. Try again in a second.');
  if (request.method === 'GET') return { status: 200, body: { decisions: await autoscaler.latest(SHOWN) } };
  if (request.method !== 'POST') return problem(405, 'POST / for a step, GET / for the status.');
  const reply = await autoscaler.step();
  if (reply.kind !== 'stepped') {
    const seconds = Math.max(1, Math.ceil(reply.secondsLeft));
    const why = reply.kind === 'held' ? 'Another step is under way.' : 'The last step was too recent.';
    return { ...problem(429, why), headers: { 'retry-after': String(seconds) } };
  }
  log.info({ decision: reply.decision }, 'step');
  return { status: 200, body: reply.decision };
}

function problem(status: number, error: string): FunctionResponse {
  return { status, body: { error } };
}
