import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TEMPLATE = join(import.meta.dirname, '..', '..', 'template', 'farm-node22', 'index.js');

export type LogLine = Readonly<Record<string, unknown>>;

export interface TemplateOptions {
  /** Source of the handler file (written to a folder of its own), or the path of one. */
  readonly handler: string | { readonly file: string };
  readonly env?: Readonly<Record<string, string>>;
  /** Secret files by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Start file of a copy of the template; without it, the repository's own. */
  readonly runtime?: string;
}

/** The real runtime in a process of its own, with a handler of the test. */
export class TemplateProcess {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  /** Everything on stdout and stderr that is no JSON line. */
  readonly strayLines: string[] = [];
  /** Exit code, or the name of the signal that killed it; after all output has been read. */
  readonly ended: Promise<number | string>;
  readonly folder: string;
  #port = 0;
  #over = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: TemplateOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'template-'));
    writeFileSync(join(this.folder, 'package.json'), '{"type":"module"}');
    for (const [name, text] of Object.entries(options.secrets ?? {})) this.writeSecret(name, text);
    this.child = spawn(process.execPath, [options.runtime ?? TEMPLATE, this.#handlerFile(options.handler)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], PORT: '0', SECRETS_DIR: this.folder, ...options.env },
    });
    this.#read();
    this.ended = this.#end();
    void this.ended.then(() => {
      this.#over = true;
      this.#wake();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  writeSecret(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Resolves when the port is open; rejects when the process ends before. */
  async listening(): Promise<this> {
    const { port } = await this.line('listening');
    this.#port = Number(port);
    return this;
  }

  /** The first log line with that message, as soon as it is there. */
  async line(message: string): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      if (this.#over) {
        throw new Error(
          `ended without the line "${message}": ${JSON.stringify([this.lines, this.strayLines])}`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** A request with its answer read; the connection is not reused, so that each stands alone. */
  async call(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; headers: Headers; text: string }> {
    const response = await fetch(this.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Kills what is left and removes the folder. */
  async dispose(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  #handlerFile(handler: TemplateOptions['handler']): string {
    if (typeof handler === 'object') return handler.file;
    const file = join(this.folder, 'handler.ts');
    writeFileSync(file, handler);
    return file;
  }

  #read(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
        else this.strayLines.push(line);
        this.#wake();
      });
    }
  }

  /** Not the 'close' event: after disconnect() it never comes. */
  async #end(): Promise<number | string> {
    const streams = [this.child.stdout, this.child.stderr].filter((stream) => stream !== null);
    const [[code, signal]] = await Promise.all([
      once(this.child, 'exit') as Promise<[number | null, string | null]>,
      ...streams.map((stream) => once(stream, 'close')),
    ]);
    return code ?? signal ?? 'unknown';
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
