import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below this the collector's own pace is good enough. */
const LARGE_BYTES = 8 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Frees now what this thread no longer uses, where it had that many bytes in hand. The collector sees a small heap
 * and takes its time, while the large buffers outside of it add up: a worker has 512 MiB. Takes a few milliseconds.
 */
export function freeUnused(bytes: number): void {
  if (bytes >= LARGE_BYTES) collect();
}
