import type { Logger } from './contract.ts';
import { EXIT } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Connects the process's signals, its parent and its last errors with the lifecycle. */
export function watchProcess(
  lifecycle: Lifecycle,
  log: Logger,
  stopWithParent: boolean,
  exit: (code: number) => void,
): void {
  // As process 1 a signal without a handler is ignored, so each one that may come gets its own.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      lifecycle.stop(signal);
    });
  }
  let interrupts = 0;
  process.on('SIGINT', () => {
    interrupts += 1;
    if (interrupts > 1) exit(EXIT.interrupted);
    else lifecycle.stop('SIGINT');
  });
  // After one of these nobody knows what state the function is in.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.error({ err: error }, event);
      exit(EXIT.failed);
    });
  }
  if (stopWithParent) watchParent(lifecycle, log);
}

function watchParent(lifecycle: Lifecycle, log: Logger): void {
  if (process.send === undefined) {
    log.warn({}, 'FARMHAND_STOP_WITH_PARENT=1 has no effect: the parent opened no IPC channel');
  } else if (process.connected) {
    process.on('disconnect', () => {
      lifecycle.stop('the parent process is gone');
    });
  } else {
    lifecycle.stop('the parent process is gone');
  }
}
