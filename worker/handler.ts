import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { FarmWorker } from './farm-worker.ts';

let worker: FarmWorker | undefined;

/** Claims and does tasks until the process is to stop. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  worker = new FarmWorker(context);
  await worker.run(signal);
}

/** `GET /` says which worker this is and what it does. Work comes through the farm, never through this door. */
export function handle({ method, path }: FunctionRequest): Promise<FunctionResponse> {
  return Promise.resolve(answer(method, path));
}

function answer(method: string, path: string): FunctionResponse {
  if (path !== '/') return { status: 404, body: { error: `there is only /, not ${path}` } };
  if (method !== 'GET') {
    return {
      status: 405,
      headers: { allow: 'GET' },
      body: { error: 'a worker takes its tasks from the farm' },
    };
  }
  if (worker === undefined) return { status: 503, body: { error: 'the worker is starting' } };
  return { status: 200, body: worker.status.describe() };
}
