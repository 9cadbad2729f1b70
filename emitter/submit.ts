import type { Answer } from '../shared/io/request-refused.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { FunctionRequest } from '../template/farm-node22/contract.ts';
import type { AdmissionDoor, Outcome } from './admission-door.ts';
import type { Submission } from './asked-work.ts';
import type { BackPressure } from './back-pressure.ts';
import { typeLabel } from './metrics.ts';
import type { EmitterMetrics } from './metrics.ts';
import { readImageRequest } from './read-image-request.ts';
import { readTaskList } from './read-task-list.ts';
import type { EmitterSettings } from './settings.ts';

export interface SubmitParts {
  readonly settings: EmitterSettings;
  readonly door: AdmissionDoor;
  readonly backPressure: BackPressure;
  readonly metrics: EmitterMetrics;
}

/** `POST /` and `POST /tasks`: one task with its input as the body, or a JSON list of tasks. */
export async function submit(request: FunctionRequest, parts: SubmitParts): Promise<Answer> {
  const contentType = request.headers['content-type']?.toLowerCase() ?? '';
  if (contentType.startsWith('multipart/')) {
    throw new RequestRefused(
      415,
      'send the picture itself as the body (curl --data-binary @file), not a form',
    );
  }
  if (/^application\/([\w.+-]+\+)?json\b/.test(contentType)) return submitList(request, parts);
  const submission = counted(parts, () => readImageRequest(request, parts.settings.MAX_DEADLINE_SECONDS));
  const [outcome] = await admitted([submission], parts);
  if (outcome === undefined) throw new Error('one submission had no outcome');
  if (outcome.kind === 'full') return fullAnswer(outcome, await parts.backPressure.retryAfterSeconds());
  const body = view(outcome, parts.settings);
  return { status: 202, headers: { location: body.resultUrl ?? body.result }, body };
}

/**
 * 202 where every task was admitted, 429 where none was, 207 where some were: each task then has its own status.
 */
async function submitList(request: FunctionRequest, parts: SubmitParts): Promise<Answer> {
  const submissions = counted(parts, () => readTaskList(request.body, parts.settings.MAX_DEADLINE_SECONDS));
  const outcomes = await admitted(submissions, parts);
  const full = outcomes.filter(({ kind }) => kind === 'full').length;
  const tasks = outcomes.map((outcome, index) => ({
    index,
    ...(outcome.kind === 'full'
      ? { status: 429, error: whyFull(outcome.of) }
      : { status: 202, ...view(outcome, parts.settings) }),
  }));
  const body = { admitted: outcomes.length - full, refused: full, tasks };
  if (full === 0) return { status: 202, body };
  const headers = { 'retry-after': String(await parts.backPressure.retryAfterSeconds()) };
  return { status: full === outcomes.length ? 429 : 207, headers, body };
}

function counted<T>({ metrics }: SubmitParts, read: () => T): T {
  try {
    return read();
  } catch (error) {
    metrics.submissions.inc({ type: 'other', outcome: 'refused' });
    throw error;
  }
}

async function admitted(submissions: readonly Submission[], parts: SubmitParts): Promise<readonly Outcome[]> {
  const outcomes = await parts.door.admit(submissions);
  for (const [index, { kind, task }] of outcomes.entries()) {
    parts.metrics.submissions.inc({ type: typeLabel(task.type), outcome: kind });
    if (kind === 'admitted') parts.metrics.inputBytes.inc(submissions[index]?.input?.byteLength ?? 0);
  }
  return outcomes;
}

type Accepted = Exclude<Outcome, { kind: 'full' }>;

interface AcceptedView {
  readonly task: string;
  readonly result: string;
  readonly resultUrl?: string;
  readonly deadlineAtSeconds: number;
  readonly deadlineSeconds: number;
  readonly expectedServiceSeconds: number;
  /** True where the task was known already. */
  readonly repeated: boolean;
}

function view({ kind, task, ...times }: Accepted, { COLLECTOR_URL }: EmitterSettings): AcceptedView {
  const { deadlineAtSeconds, generatedAtSeconds } = times;
  const result = `/results/${task.id}`;
  return {
    task: task.id,
    result,
    ...(COLLECTOR_URL === undefined ? {} : { resultUrl: COLLECTOR_URL.replace(/\/+$/, '') + result }),
    deadlineAtSeconds,
    deadlineSeconds: Math.round((deadlineAtSeconds - generatedAtSeconds) * 1e6) / 1e6,
    expectedServiceSeconds: task.expectedServiceSeconds,
    repeated: kind === 'same',
  };
}

function fullAnswer({ of }: Extract<Outcome, { kind: 'full' }>, seconds: number): Answer {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { error: whyFull(of) } };
}

function whyFull(of: 'tasks' | 'bytes'): string {
  return of === 'tasks'
    ? 'the farm is full: too many tasks wait (MAX_WAITING)'
    : 'the farm is full: it holds too many bytes of inputs and outputs (MAX_BLOB_BYTES)';
}
