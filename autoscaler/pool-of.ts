import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import { ProcessPoolStore } from '../shared/io/redis/process-pool-store.ts';
import type { Pool } from './pool.ts';
import { ProcessPool } from './process-pool.ts';
import type { AutoscalerSettings } from './settings.ts';

/** The pool that the settings name. */
export function poolOf(_settings: AutoscalerSettings, store: FarmStore): Pool {
  return new ProcessPool(new ProcessPoolStore(store));
}
