import { deadlineSeconds } from '../shared/farm/deadline.ts';
import type { NewTask } from '../shared/farm/task.ts';
import { RedisAway } from '../shared/io/redis/availability.ts';
import { BlobLedger, BlobsFull } from '../shared/io/redis/blob-store.ts';
import type { Admission, Submissions } from '../shared/io/redis/submissions.ts';
import { newTaskId } from '../shared/io/task-id.ts';
import type { Submission } from './asked-work.ts';
import { expectedSeconds } from './expected-service.ts';
import type { ServiceModelsCache } from './service-models-cache.ts';

/** What became of one submission. */
export type Outcome =
  | {
      readonly kind: 'admitted' | 'same';
      readonly task: NewTask;
      readonly generatedAtSeconds: number;
      readonly deadlineAtSeconds: number;
    }
  /** The farm has no room: too many tasks wait, or it holds too many bytes. */
  | { readonly kind: 'full'; readonly task: NewTask; readonly of: 'tasks' | 'bytes' };

export interface DoorParts {
  readonly submissions: Submissions;
  readonly ledger: BlobLedger;
  readonly models: ServiceModelsCache;
  readonly maxBlobBytes: number;
}

/** Tasks in one script: a thousand at once would hold everybody else up for several milliseconds. */
const ADMITTED_AT_ONCE = 200;

/** Lets submissions into the farm, with their inputs. */
export class AdmissionDoor {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /**
   * Asks first, uploads second: the first admission names inputs that are not there yet, so it admits only what has
   * none, and tells which of the others are known already or find the farm full. Only those that would be let in
   * have their inputs uploaded, and are admitted with them.
   */
  async admit(submissions: readonly Submission[]): Promise<readonly Outcome[]> {
    const models = await this.#parts.models.read();
    const made = submissions.map((submission) =>
      newTask(submission, expectedSeconds(submission.work, models)),
    );
    const first = await this.#admitAll(made.map(({ task }) => task));
    const missing = made.filter((_task, index) => first[index]?.kind === 'noInput');
    const second = await this.#admitWithInputs(missing);
    return made.map(({ task }, index) => {
      const admission = first[index];
      return outcomeOf(task, admission?.kind === 'noInput' ? second.get(task) : admission);
    });
  }

  async #admitWithInputs(made: readonly MadeTask[]): Promise<ReadonlyMap<NewTask, Admission | 'bytes'>> {
    const blobs = new Map(
      made.flatMap(({ task, input }) => (input && task.input ? [[task.input, input]] : [])),
    );
    try {
      await this.#parts.ledger.put(blobs, this.#parts.maxBlobBytes);
    } catch (error) {
      if (!(error instanceof BlobsFull)) throw error;
      return new Map(made.map(({ task }) => [task, 'bytes']));
    }
    const admissions = await this.#admitAll(made.map(({ task }) => task));
    return new Map(made.flatMap(({ task }, index) => withValue(task, admissions[index])));
  }

  async #admitAll(tasks: readonly NewTask[]): Promise<readonly Admission[]> {
    const admissions: Admission[] = [];
    for (let at = 0; at < tasks.length; at += ADMITTED_AT_ONCE) {
      admissions.push(...(await this.#parts.submissions.admit(tasks.slice(at, at + ADMITTED_AT_ONCE))));
    }
    return admissions;
  }
}

interface MadeTask {
  readonly task: NewTask;
  readonly input?: Uint8Array;
}

function newTask({ asked, options, input }: Submission, modelSeconds: number): MadeTask {
  const expectedServiceSeconds = asked.expectedServiceSeconds ?? modelSeconds;
  const { type, lost, idempotencyKey } = asked;
  const task: NewTask = {
    id: newTaskId(),
    type,
    options,
    expectedServiceSeconds,
    deadlineSeconds: asked.deadlineSeconds ?? deadlineSeconds(expectedServiceSeconds, asked.deadlineFactor),
    lost,
    ...(input === undefined ? {} : { input: BlobLedger.newRef() }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
  return input === undefined ? { task } : { task, input };
}

function outcomeOf(task: NewTask, admission: Admission | 'bytes' | undefined): Outcome {
  if (admission === 'bytes') return { kind: 'full', task, of: 'bytes' };
  switch (admission?.kind) {
    case 'full':
      return { kind: 'full', task, of: 'tasks' };
    case 'admitted':
    case 'same': {
      const { kind, id, generatedAtSeconds, deadlineAtSeconds } = admission;
      return { kind, task: { ...task, id }, generatedAtSeconds, deadlineAtSeconds };
    }
    default:
      // Redis was away between upload and admission, for longer than an upload is kept.
      throw new RedisAway('The upload was lost on its way. Send it again.');
  }
}

function withValue<K, V>(key: K, value: V | undefined): readonly (readonly [K, V])[] {
  return value === undefined ? [] : [[key, value]];
}
