import { dropped } from '../shared/farm/counters.ts';
import { qosShare } from '../shared/farm/qos.ts';
import type { Control } from '../shared/io/redis/control.ts';
import type { ResultStore } from '../shared/io/redis/result-store.ts';
import type { Submissions } from '../shared/io/redis/submissions.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { Answer } from '../shared/io/request-refused.ts';
import { readPage } from './read-query.ts';
import { resultLine } from './result-view.ts';

/** `GET /results` and `GET /dead-letters`: newest first, a page at a time. */
export async function list(
  kind: 'results' | 'dead',
  query: URLSearchParams,
  results: ResultStore,
): Promise<Answer> {
  const { limit, offset } = readPage(query);
  const page = await results.list(kind, offset, limit);
  const found = await Promise.all(page.ids.map((id) => results.read(id)));
  // A task may have been requeued, or have expired, since its id was listed.
  const lines = found.flatMap((one) => (one?.status === 'done' || one?.status === 'failed' ? [one] : []));
  return { status: 200, body: { total: page.total, limit, offset, results: lines.map(resultLine) } };
}

/** `POST /dead-letters/<id>/requeue`: the same task goes round again, as a new generation. */
export async function requeue(id: string, submissions: Submissions): Promise<Answer> {
  const state = await submissions.requeue(id);
  if (state === undefined) throw new RequestRefused(404, 'there is no such task, or it has expired');
  if (state === 'requeued')
    return { status: 202, body: { task: id, status: 'waiting', result: `/results/${id}` } };
  const error = `only a failed task can be requeued; this one is ${state}`;
  return { status: 409, body: { error, task: id, status: state } };
}

/** `GET /counters`: the farm's books, all read at one moment. QoS is absent where nothing fell due. */
export async function counters(control: Control): Promise<Answer> {
  const snapshot = await control.observe(0);
  const { atSeconds, held, overdueHeld, duplicated, blobBytes, workers } = snapshot;
  const counted = snapshot.counters;
  const share = qosShare(counted.met, counted.missed, overdueHeld);
  const body = {
    atSeconds,
    counters: counted,
    held,
    overdueHeld,
    dropped: dropped(counted, held),
    duplicated,
    ...(share === undefined ? {} : { qosPercent: share * 100 }),
    blobBytes,
    workers: workers.length,
  };
  return { status: 200, body };
}
