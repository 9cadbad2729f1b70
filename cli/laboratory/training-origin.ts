import { spawnSync } from 'node:child_process';
import type { Origin } from '../../autoscaler/training/learned-policy.ts';

/** Where a policy comes from: a command, at this commit where the repository has one, and what it set out from. */
export function originOf(command: string, startedFrom?: Origin['startedFrom']): Origin {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  return {
    command,
    ...(status === 0 ? { commit: stdout.trim() } : {}),
    ...(startedFrom === undefined ? {} : { startedFrom }),
  };
}

/** A moment as part of a folder's name. */
export function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace(/[:T]/g, '-');
}

/** Told to stop by Ctrl-C, or by whoever ends processes. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** A second Ctrl-C ends the process again. */
  readonly forget: () => void;
}

export function untilInterrupted(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    forget: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
