import type { Output } from '../output.ts';
import { duration } from '../wording.ts';

/** Where no bar can be drawn, a line is written this often. */
const LINE_MS = 10_000;

/** Share of a run after which its pace tells how long the rest takes. */
const FORESIGHT = 0.03;

/** Shows how much of a long run is done, and about how long the rest will take. On standard error. */
export class RunProgress {
  readonly #label: string;
  readonly #total: number;
  readonly #startedMs = performance.now();
  readonly #output: Output;
  readonly #bar: ReturnType<Output['bar']>;
  #done = 0;
  #saidMs = performance.now();

  constructor(output: Output, label: string, total: number) {
    this.#output = output;
    this.#label = label;
    this.#total = total;
    this.#bar = output.bar(label, total);
  }

  add(count: number): void {
    this.#done += count;
    const left = this.#left();
    this.#bar.update(this.#done, left);
    const now = performance.now();
    if (process.stderr.isTTY || now - this.#saidMs < LINE_MS) return;
    this.#saidMs = now;
    this.#output.note(`${this.#label}: ${this.#done} of ${this.#total}${left === '' ? '' : `, ${left}`}`);
  }

  end(): void {
    this.#bar.clear();
  }

  #left(): string {
    const passedSeconds = (performance.now() - this.#startedMs) / 1000;
    const seconds = (passedSeconds * (this.#total - this.#done)) / Math.max(1, this.#done);
    // The first episodes wait for what is fitted before them, and say little about the others.
    return this.#done < FORESIGHT * this.#total ? '' : `about ${duration(seconds)} left`;
  }
}
