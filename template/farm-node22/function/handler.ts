// A function starts here: change run(), handle() or both, or leave one of them out.
// The import below is for types only and gone at run time. In a folder of your own beside template/ it reads
// '../template/farm-node22/contract.ts'.
import { setTimeout as delay } from 'node:timers/promises';

import type { Doors, FunctionContext, FunctionRequest, FunctionResponse } from '../contract.ts';

/** Everybody may call this sample. Leave the line out, and callers need the bearer token. */
export const doors: Doors = 'open';

let ticks = 0;

/** Works until the platform stops the process. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    ticks += 1;
    context.log.debug({ ticks }, 'tick');
    // Rejects when the signal aborts; the template takes that as a good end.
    await delay(1000, undefined, { signal });
  }
}

/** Answers one request. */
export function handle(request: FunctionRequest, context: FunctionContext): Promise<FunctionResponse> {
  const bytes = request.body.length;
  return Promise.resolve({ status: 200, body: { function: context.name, path: request.path, bytes, ticks } });
}
