import { serviceModelsSchema } from '../schemas/service-models.ts';
import type { ServiceModels } from '../schemas/service-models.ts';
import type { FarmStore } from './farm-store.ts';

/** What the farm holds as its service-time models is none. */
export class InvalidServiceModels extends Error {
  override readonly name = 'InvalidServiceModels';
  constructor(key: string, cause: unknown) {
    super(`The key ${key} holds no service-time models. Run \`farmhand calibrate\` again, or delete it.`, {
      cause,
    });
  }
}

/** The service-time models of a farm, as `farmhand calibrate` fitted them where its workers run. */
export class ServiceModelStore {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  /** Undefined where the farm has not been calibrated. @throws InvalidServiceModels */
  async read(): Promise<ServiceModels | undefined> {
    const key = this.#store.key('service-models');
    const text = await this.#store.redis.get(key);
    if (text === null) return undefined;
    try {
      return serviceModelsSchema.parse(JSON.parse(text));
    } catch (error) {
      throw new InvalidServiceModels(key, error);
    }
  }

  /** Emitters see it within ten seconds. */
  async write(models: ServiceModels): Promise<void> {
    const key = this.#store.key('service-models');
    await this.#store.redis.set(key, JSON.stringify(serviceModelsSchema.parse(models)));
  }
}
