import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** A run folder that cannot be used as asked; says both ways out. */
export class RunFolderRefused extends Error {
  override readonly name = 'RunFolderRefused';
}

/** Raised whenever learners would make something else of the states that they find. */
const FORMAT = 2;

/** A state to go on from. */
export interface SavedState {
  /** Episodes learned from until then. */
  readonly episodes: number;
  readonly state: unknown;
}

/**
 * Everything that a training run leaves behind:
 *
 * - `config.json`: every setting of the run
 * - `metrics.jsonl`: one line for each group of episodes
 * - `evaluations.jsonl`: one line for each checkpoint, judged on the selection seeds
 * - `checkpoints/<episodes>.json`: states to go on from
 * - `policy.json`: the best policy so far, complete
 * - `training-curves.svg`, and `state-visits.svg` of a table
 * - `qos-against-workers.svg` and `steps.svg`: the policy beside rules and fixed pools, drawn by the command at the end
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a folder for a new run. Refuses one that holds a run already. */
  static create(path: string, config: object): RunFolder {
    if (existsSync(join(path, 'config.json'))) {
      throw new RunFolderRefused(
        `Expected a folder without a run; ${path} holds one. Choose another folder, or go on with that run: --resume ${path}`,
      );
    }
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    const folder = new RunFolder(path);
    folder.writeJson('config.json', { ...config, format: FORMAT });
    return folder;
  }

  /** Opens the folder of a run of that kind that is to go on. */
  static open(path: string, kind: string): { readonly folder: RunFolder; readonly config: unknown } {
    const file = join(path, 'config.json');
    if (!existsSync(file)) {
      throw new RunFolderRefused(
        `Expected a run in ${path}; it has no config.json. Give the folder of a run, or leave --resume out.`,
      );
    }
    const config = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly kind?: string;
      readonly format?: number;
    };
    if (config.format !== FORMAT) {
      throw new RunFolderRefused(
        `Expected a run of format ${String(FORMAT)} in ${path}; it has ${String(config.format)}, and would end otherwise than it began. Go on with it by the version that began it, or begin a new run.`,
      );
    }
    if (config.kind !== kind) {
      throw new RunFolderRefused(
        `Expected a run of ${kind} in ${path}; it holds one of ${String(config.kind)}. Resume it by that command.`,
      );
    }
    return { folder: new RunFolder(path), config };
  }

  appendLine(name: 'metrics.jsonl' | 'evaluations.jsonl', line: unknown): void {
    appendFileSync(join(this.path, name), `${JSON.stringify(line)}\n`);
  }

  readLines(name: 'metrics.jsonl' | 'evaluations.jsonl'): unknown[] {
    const file = join(this.path, name);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  }

  /** Forgets lines from after a checkpoint, which a run that goes on from there writes again. */
  forgetLinesAfter(episodes: number): void {
    for (const name of ['metrics.jsonl', 'evaluations.jsonl'] as const) {
      const kept = this.readLines(name).filter((line) => (line as { episodes: number }).episodes <= episodes);
      this.writeText(name, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
  }

  saveState({ episodes, state }: SavedState): void {
    this.writeJson(join('checkpoints', `${String(episodes).padStart(8, '0')}.json`), state, false);
  }

  /** The latest checkpoint; undefined where there is none. */
  latestState(): SavedState | undefined {
    const files = readdirSync(join(this.path, 'checkpoints'))
      .filter((file) => /^\d+\.json$/.test(file))
      .sort();
    const latest = files.at(-1);
    if (latest === undefined) return undefined;
    const state: unknown = JSON.parse(readFileSync(join(this.path, 'checkpoints', latest), 'utf8'));
    return { episodes: Number(latest.slice(0, -'.json'.length)), state };
  }

  writeJson(name: string, value: unknown, isForPeople = true): void {
    this.writeText(name, `${JSON.stringify(value, undefined, isForPeople ? 2 : undefined)}\n`);
  }

  /** Whoever reads a file of a run finds the old one or the new one, never half of it. */
  writeText(name: string, text: string): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  }
}
