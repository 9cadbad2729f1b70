import type { FunctionRequest, FunctionResponse, Logger } from '../template/farm-node22/contract.ts';
import type { Autoscaler } from './autoscaler.ts';
import { statusOf } from './status.ts';

const ANSWERS =
  'POST / for a step, GET / for the status, POST /pause and POST /resume to hold the pool and to let it go.';

/** `POST /` is one step and answers with its decision; `GET /` shows the status and the latest decisions. */
export async function answerRequest(
  request: FunctionRequest,
  autoscaler: Autoscaler | undefined,
  log: Logger,
): Promise<FunctionResponse> {
  const { method, path } = request;
  if (!['/', '/pause', '/resume'].includes(path)) return problem(404, `There is no ${path} here: ${ANSWERS}`);
  const allowed = path === '/' ? ['GET', 'POST'] : ['POST'];
  if (!allowed.includes(method)) return { ...problem(405, ANSWERS), headers: { allow: allowed.join(', ') } };
  if (autoscaler === undefined) return problem(503, 'Not connected to the farm yet. Try again in a second.');
  if (method === 'POST' && path === '/') return step(autoscaler, log);
  if (!autoscaler.isConnected) return problem(503, 'Redis does not answer. Try again in a second.');
  if (method === 'GET') return { status: 200, body: await statusOf(autoscaler) };
  const isPaused = path === '/pause';
  await autoscaler.setPaused(isPaused);
  log.info({}, isPaused ? 'paused' : 'resumed');
  return { status: 200, body: { paused: isPaused } };
}

async function step(autoscaler: Autoscaler, log: Logger): Promise<FunctionResponse> {
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
