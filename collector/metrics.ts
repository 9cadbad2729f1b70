import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Collected } from '../shared/io/redis/result-store.ts';

/** What this collector has recorded, for whoever scrapes it. The farm's own counters are in Redis. */
export class CollectorMetrics {
  readonly #collected: Counter<'type' | 'outcome'>;
  readonly #deadlines: Counter<'type' | 'met'>;
  readonly #responseSeconds: Histogram<'type'>;
  readonly #serviceSeconds: Histogram<'type'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#collected = new Counter({
      name: 'farmhand_results_total',
      help: 'Results recorded: done, or failed as invalid, error or discarded',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.#deadlines = new Counter({
      name: 'farmhand_deadlines_total',
      help: 'Results by whether the deadline was met; invalid input stands outside',
      labelNames: ['type', 'met'],
      registers,
    });
    this.#responseSeconds = new Histogram({
      name: 'farmhand_response_seconds',
      help: 'Generation to collection',
      labelNames: ['type'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    });
    this.#serviceSeconds = new Histogram({
      name: 'farmhand_service_seconds',
      help: 'How long the work itself took, of tasks that are done',
      labelNames: ['type'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
  }

  record({ type, status, kind, metDeadline, responseSeconds, serviceSeconds }: Collected): void {
    // Types come from outside: only those that ship become labels, or a caller could make endless series.
    const label = type === 'image' || type === 'calibrated' ? type : 'other';
    this.#collected.inc({ type: label, outcome: kind ?? status });
    if (kind !== 'invalid') this.#deadlines.inc({ type: label, met: metDeadline ? 'yes' : 'no' });
    this.#responseSeconds.observe({ type: label }, responseSeconds);
    if (serviceSeconds !== undefined) this.#serviceSeconds.observe({ type: label }, serviceSeconds);
  }
}
