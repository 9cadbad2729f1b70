import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** What the emitter counts for whoever scrapes it. The farm's own counters are in Redis. */
export class EmitterMetrics {
  readonly submissions: Counter<'type' | 'outcome'>;
  readonly inputBytes: Counter;
  readonly emitted: Counter;
  readonly emittedLateSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.submissions = new Counter({
      name: 'farmhand_submissions_total',
      help: 'Tasks submitted over HTTP, by what became of them: admitted, same (known already), full, refused',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.inputBytes = new Counter({
      name: 'farmhand_input_bytes_total',
      help: 'Bytes of input of the tasks that were admitted over HTTP',
      registers,
    });
    this.emitted = new Counter({
      name: 'farmhand_load_emitted_total',
      help: 'Arrivals of generated loads that this emitter emitted',
      registers,
    });
    this.emittedLateSeconds = new Histogram({
      name: 'farmhand_load_late_seconds',
      help: 'How long after its time an arrival was emitted',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
  }
}

/** Types come from outside: only those that ship become labels, or a caller could make endless series. */
export function typeLabel(type: string): string {
  return type === 'image' || type === 'calibrated' ? type : 'other';
}
