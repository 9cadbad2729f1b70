import { ProgressBar } from './progress-bar.ts';

/**
 * What a command says. With --json, standard output holds one JSON document and nothing else; progress goes to
 * standard error, and only where a person watches.
 */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** For people only. */
  line(text = ''): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** For programs only. Called once. */
  document(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A remark that is no part of the answer. */
  note(text: string): void {
    process.stderr.write(`farmhand: ${text}\n`);
  }

  bar(label: string, total: number): ProgressBar {
    return new ProgressBar(label, total, process.stderr);
  }
}
