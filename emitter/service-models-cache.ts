import type { ServiceModelStore } from '../shared/io/redis/service-models.ts';
import type { ServiceModels } from '../shared/io/schemas/service-models.ts';
import type { Logger } from '../template/farm-node22/contract.ts';

/** A new calibration is seen after this long. */
const KEPT_SECONDS = 10;

/** The farm's service-time models, read now and then. */
export class ServiceModelsCache {
  readonly #store: ServiceModelStore;
  readonly #log: Logger;
  #models: ServiceModels | undefined;
  #readAtMs = -Infinity;

  constructor(store: ServiceModelStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Undefined where the farm has none, or none that can be read: then the built-in ones hold. */
  async read(): Promise<ServiceModels | undefined> {
    if (performance.now() - this.#readAtMs < KEPT_SECONDS * 1000) return this.#models;
    this.#readAtMs = performance.now();
    try {
      this.#models = await this.#store.read();
    } catch (error) {
      this.#log.warn({ err: error }, 'the service-time models cannot be read');
    }
    return this.#models;
  }
}
