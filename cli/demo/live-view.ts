import { heldTotal, resultsTotal } from '../../shared/farm/counters.ts';
import { qosShare } from '../../shared/farm/qos.ts';
import type { WorkerRecord } from '../../shared/farm/worker.ts';
import type { QueueSnapshot } from '../../shared/io/redis/control.ts';
import type { Output } from '../output.ts';
import { barText } from '../progress-bar.ts';
import { percent, plural, sparkline } from '../wording.ts';

/** Where nobody watches a terminal, a line this often. */
const PLAIN_LINE_MS = 5000;
const SHOWN_SECONDS = 40;

export interface LoadProgress {
  readonly emitted: number;
  readonly total: number;
  /** Worker processes that there are. */
  readonly pool: number;
}

/** What goes on, while it goes on: a few lines that are drawn anew on a terminal, a plain line now and then elsewhere. */
export class LiveView {
  readonly #output: Output;
  readonly #redraws: boolean;
  readonly #history: number[] = [];
  readonly #startedMs = performance.now();
  #imageLine = '';
  #drawnLines = 0;
  #plainAtMs = -Infinity;
  #sampledAtMs = -Infinity;

  constructor(output: Output) {
    this.#output = output;
    this.#redraws = process.stderr.isTTY;
  }

  /** One line that stays. */
  say(text: string): void {
    this.#erase();
    if (this.#redraws || !this.#output.json) process.stderr.write(`${this.#time()} ${text}\n`);
  }

  images(done: number, total: number): void {
    this.#imageLine = barText('pictures', { done, total, note: '' });
    this.#show([this.#imageLine], `${done} of ${total} pictures done`, done === total);
  }

  farm(snapshot: QueueSnapshot, { emitted, total, pool }: LoadProgress): void {
    const { counters: c, held, workers } = snapshot;
    const qos = percent(qosShare(c.met, c.missed, snapshot.overdueHeld));
    const working = workers.filter(
      ({ state }) => state === 'idle' || state === 'busy' || state === 'starting',
    );
    this.#sample(pool);
    const lines = [
      this.#imageLine,
      barText('load    ', { done: emitted, total, note: `${heldTotal(held)} held` }),
      `tasks    ${resultsTotal(c)} of ${c.admitted} collected, QoS ${qos}`,
      `workers  ${plural(pool, 'process', 'processes')}: ${stateText(workers, pool)}`,
      `         ${sparkline(this.#history)}`,
    ];
    const plain =
      `${emitted} of ${total} load tasks emitted, ${resultsTotal(c)} tasks collected, QoS ${qos}, ` +
      plural(working.length, 'worker');
    this.#show(lines, plain, false);
  }

  /** Takes the lines away: what follows is the summary. */
  end(): void {
    this.#erase();
  }

  #sample(pool: number): void {
    if (performance.now() - this.#sampledAtMs < 1000) return;
    this.#sampledAtMs = performance.now();
    this.#history.push(pool);
    if (this.#history.length > SHOWN_SECONDS) this.#history.shift();
  }

  #show(lines: readonly string[], plain: string, always: boolean): void {
    if (this.#redraws) {
      const width = process.stderr.columns - 1;
      const text = lines.map((line) => `${line.slice(0, width)}\u001b[K\n`).join('');
      process.stderr.write(`${this.#drawnLines > 0 ? `\r\u001b[${this.#drawnLines}A` : ''}${text}`);
      this.#drawnLines = lines.length;
      return;
    }
    if (this.#output.json || (!always && performance.now() - this.#plainAtMs < PLAIN_LINE_MS)) return;
    this.#plainAtMs = performance.now();
    process.stderr.write(`${this.#time()} ${plain}\n`);
  }

  #erase(): void {
    if (this.#drawnLines > 0) process.stderr.write(`\r\u001b[${this.#drawnLines}A\u001b[J`);
    this.#drawnLines = 0;
  }

  #time(): string {
    return `[${((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(4)} s]`;
  }
}

/**
 * `3 busy, 2 idle`; the order is that of a worker's life. A process that the farm does not know of yet is starting as
 * well, so that the states add up to the processes.
 */
function stateText(workers: readonly WorkerRecord[], processes: number): string {
  const unregistered = Math.max(0, processes - workers.length);
  const states = ['starting', 'idle', 'busy', 'draining', 'drained'] as const;
  const counted = states.map((state) => ({
    state,
    count: workers.filter((each) => each.state === state).length + (state === 'starting' ? unregistered : 0),
  }));
  const shown = counted.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}
