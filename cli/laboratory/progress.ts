import type { Output } from '../output.ts';
import { duration } from '../wording.ts';

/** Where no bar can be drawn, a line is written this often. */
const LINE_MS = 10_000;

/** Share of a run after which its pace tells how long the rest takes. */
const FORESIGHT = 0.03;

/** Shows how much of a long run is done, and about how long the rest will take. On standard error. */
export class RunProgress {
  readonly #label: string;
  #total: number;
  readonly #output: Output;
  #bar: ReturnType<Output['bar']>;
  readonly #timer: NodeJS.Timeout;
  #done = 0;
  #isReported = false;
  #before = '';
  /** The pace is taken from here. */
  #from = { done: 0, ms: performance.now() };
  #saidMs = performance.now();

  constructor(output: Output, label: string, total: number) {
    this.#output = output;
    this.#label = label;
    this.#total = total;
    this.#bar = output.bar(label, total);
    this.#timer = setInterval(() => {
      this.#show();
    }, LINE_MS).unref();
    this.#show();
  }

  add(count: number): void {
    this.#done += count;
    this.#show();
  }

  /** How much is done in all. What a resumed run had done before its first report says nothing about the pace. */
  reach(done: number, total = this.#total): void {
    if (!this.#isReported) this.#from = { done, ms: performance.now() };
    this.#isReported = true;
    if (total !== this.#total) this.#bar = this.#output.bar(this.#label, total);
    this.#total = total;
    this.#done = done;
    this.#show();
  }

  /**
   * What most of the run has to wait for, in words; empty as soon as that is there. Until then the pace of what need
   * not wait says nothing about the rest.
   */
  waitFor(what: string): void {
    if (this.#before !== '') this.#from = { done: this.#done, ms: performance.now() };
    this.#before = what;
    this.#show();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#bar.clear();
  }

  #show(): void {
    const note = this.#before === '' ? this.#left() : this.#before;
    this.#bar.update(this.#done, note);
    const now = performance.now();
    if (process.stderr.isTTY || now - this.#saidMs < LINE_MS) return;
    this.#saidMs = now;
    this.#output.note(`${this.#label}: ${this.#done} of ${this.#total}${note === '' ? '' : `, ${note}`}`);
  }

  #left(): string {
    const done = this.#done - this.#from.done;
    const all = this.#total - this.#from.done;
    const passedSeconds = (performance.now() - this.#from.ms) / 1000;
    const seconds = (passedSeconds * (all - done)) / Math.max(1, done);
    return done === 0 || done < FORESIGHT * all ? '' : `about ${duration(seconds)} left`;
  }
}
