import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Written to its standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** A program that ended badly, with the end of what it said. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly output: string;

  constructor(command: string, how: string, output: string) {
    super(`${command} ${how}:\n${output.slice(-3000)}`);
    this.output = output;
  }
}

/** Runs a program to its end and returns its standard output. */
export async function runProgram(
  command: string,
  parameters: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { cwd, environment, input, signal } = options;
  const child = spawn(command, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment ?? process.env,
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  let both = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    both = (both + text).slice(-20_000);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    both = (both + text).slice(-20_000);
  });
  // A program that ends before it has read everything says why by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const shown = `${command} ${parameters.slice(0, 6).join(' ')}`;
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new ProgramFailed(shown, 'could not run', error.message));
    });
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(output);
      else reject(new ProgramFailed(shown, `ended with ${code ?? killedBy ?? 'nothing'}`, both));
    });
  });
}
