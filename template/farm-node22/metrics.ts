import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Metrics of the HTTP side. Names and labels are those of of-watchdog, so that dashboards fit both. */
export interface RequestMetrics {
  readonly total: Counter<'code' | 'method'>;
  readonly durationSeconds: Histogram<'code' | 'method'>;
}

/** Milliseconds between two samples of the event loop: the default of 10 costs an idle process 0.4 % of a core. */
const EVENT_LOOP_SAMPLE_MILLISECONDS = 60_000;
/** Made from those samples, whose own distance they contain: too coarse to show. The lag at the scrape stays. */
const COARSE = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

/** The registry of this process with Node's own metrics in it. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MILLISECONDS });
  for (const part of COARSE) registry.removeSingleMetric(`nodejs_eventloop_lag_${part}_seconds`);
  return registry;
}

/** Registers the HTTP metrics; `inFlight` is asked at each scrape. */
export function createRequestMetrics(registry: Registry, inFlight: () => number): RequestMetrics {
  const registers = [registry];
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Invocations being answered now',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  return {
    total: new Counter({
      name: 'http_requests_total',
      help: 'Invocations answered, by status code',
      labelNames: ['code', 'method'],
      registers,
    }),
    durationSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the request head to the end of the answer',
      labelNames: ['code', 'method'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
  };
}
