import type { WriteStream } from 'node:tty';

const WIDTH = 30;
/** Redrawing more often than that only costs time. */
const REDRAW_MS = 80;

/** One line that fills up, where a person watches; nothing at all otherwise. */
export class ProgressBar {
  readonly #label: string;
  readonly #total: number;
  readonly #stream: WriteStream;
  readonly #shown: boolean;
  #done = 0;
  #note = '';
  #drawnAtMs = 0;

  constructor(label: string, total: number, stream: WriteStream) {
    this.#label = label;
    this.#total = total;
    this.#stream = stream;
    this.#shown = stream.isTTY;
  }

  /** @param note what is said behind the figures */
  update(done: number, note = ''): void {
    this.#done = done;
    this.#note = note;
    if (this.#shown && (performance.now() - this.#drawnAtMs > REDRAW_MS || done >= this.#total)) this.#draw();
  }

  add(count = 1, note = this.#note): void {
    this.update(this.#done + count, note);
  }

  /** Takes the line away, so that what follows stands where it stood. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K');
  }

  #draw(): void {
    this.#drawnAtMs = performance.now();
    const text = barText(this.#label, { done: this.#done, total: this.#total, note: this.#note });
    this.#stream.write(`\r${text.slice(0, this.#stream.columns - 1)}\u001b[K`);
  }
}

/** `label ███████░░░░ 12/30 note` */
export function barText(
  label: string,
  { done, total, note }: { readonly done: number; readonly total: number; readonly note: string },
): string {
  const share = total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
  const full = Math.round(share * WIDTH);
  return `${label} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total} ${note}`.trimEnd();
}
