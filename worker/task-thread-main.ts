import { parentPort, workerData } from 'node:worker_threads';
import { freeUnused } from './memory.ts';
import { reasonOf } from './reason.ts';
import { checkOutput } from './task-output.ts';
import { TaskTypes } from './task-types.ts';
import type { TaskInput } from './tasks/task-type.ts';
import type { FromThread, ThreadStart, ThreadTask, ToThread, WorkOutcome } from './thread-message.ts';

// Runs in a thread of its own: what an author's code does here, blocking and crashing included, stays here.
const { folder } = workerData as ThreadStart;
const types = await TaskTypes.load(folder);
let current = new AbortController();

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'abort') current.abort(new Error('the task is to be handed back'));
  else void doTask(message.task).then(tell);
});
send({ kind: 'ready', types: types.names, broken: types.broken });

async function doTask(task: ThreadTask): Promise<WorkOutcome> {
  current = new AbortController();
  const input = inputOf(task, current.signal);
  let startedMs = performance.now();
  const tookSeconds = (): number => (performance.now() - startedMs) / 1000;
  try {
    const work = await types.find(task.type);
    // The import of a new file is no part of the work.
    startedMs = performance.now();
    const output = await work(input);
    const serviceSeconds = tookSeconds();
    freeUnused(task.body?.byteLength ?? 0);
    return { kind: 'done', ...checkOutput(output), serviceSeconds };
  } catch (error) {
    // By its name: an author's file may have come by another copy of the class.
    const isInvalid = error instanceof Error && error.name === 'InvalidInput';
    return { kind: isInvalid ? 'invalid' : 'error', reason: reasonOf(error), serviceSeconds: tookSeconds() };
  }
}

function inputOf(task: ThreadTask, signal: AbortSignal): TaskInput {
  const { body, ...rest } = task;
  if (body === undefined) return { ...rest, signal };
  return { ...rest, signal, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}

function tell(outcome: WorkOutcome): void {
  const buffers = outcome.kind === 'done' ? outcome.outputs.map((output) => output.bytes.buffer) : [];
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  send({ kind: 'outcome', outcome }, buffers as ArrayBuffer[]);
  freeUnused(bytes);
}

function send(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
