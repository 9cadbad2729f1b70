import type { OpenFarm } from '../shared/io/redis/open-farm.ts';
import { openFarm } from '../shared/io/redis/open-farm.ts';
import { untilAborted } from '../shared/io/until-aborted.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { openFarmOf } from './local/local-farm.ts';
import { isAlive } from './local/process-identity.ts';
import { StateFolder } from './local/state-folder.ts';
import type { Door, FarmState } from './local/state-folder.ts';
import { FARMHAND } from './wording.ts';

/** How long a command waits for Redis. A private one that has died is there again sooner. */
const ANSWER_SECONDS = 15;

/** A farm of this machine that runs. */
export interface RunningFarm {
  readonly folder: StateFolder;
  readonly state: FarmState;
}

/** Where the doors of a farm are, and what opens them. */
export interface FarmDoors {
  readonly emitter: string;
  readonly collector: string;
  readonly token: string | undefined;
}

/** Undefined where no farm of that name runs on this machine. */
export function findRunningFarm(farm: string): RunningFarm | undefined {
  const folder = new StateFolder(farm);
  const state = folder.readState();
  return state !== undefined && isAlive(state.supervisor) ? { folder, state } : undefined;
}

export function notRunning(farm: string): CommandError {
  const name = farm === 'farm' ? '' : ` --farm ${farm}`;
  return new CommandError(
    `The farm ${farm} is not running on this machine. Start it: ${FARMHAND} up${name}; ` +
      'or name one elsewhere in FARMHAND_URL.',
    EXIT.notRunning,
  );
}

/**
 * The doors of the farm that is meant: the one that FARMHAND_URL names (`<url>/emitter`, `<url>/collector`, as behind
 * an OpenFaaS gateway), else the one of that name on this machine.
 *
 * @throws CommandError
 */
export function findDoors(farm: string, environment: NodeJS.ProcessEnv = process.env): FarmDoors {
  const emitter = doorFrom(environment, 'emitter');
  const collector = doorFrom(environment, 'collector');
  // Empty is unset.
  const token = environment['FARMHAND_TOKEN'] === '' ? undefined : environment['FARMHAND_TOKEN'];
  if (emitter !== undefined && collector !== undefined) return { emitter, collector, token };
  const running = findRunningFarm(farm);
  if (running === undefined) throw notRunning(farm);
  const { urls } = running.state;
  return {
    emitter: emitter ?? urls.emitter ?? '',
    collector: collector ?? urls.collector ?? '',
    token: token ?? running.folder.secret('farmhand-token'),
  };
}

/** Where a person finds the doors of a farm; less is known of a farm elsewhere. */
export interface KnownDoors {
  readonly urls: Readonly<Partial<Record<Door, string>>>;
  /** Holds the bearer token. */
  readonly tokenFile?: string;
}

/** What is known of a farm's doors, whether or not they answer. */
export function knownDoors(farm: string, environment: NodeJS.ProcessEnv = process.env): KnownDoors {
  const emitter = doorFrom(environment, 'emitter');
  const collector = doorFrom(environment, 'collector');
  const running = environment['REDIS_URL'] ? undefined : findRunningFarm(farm);
  return {
    urls: {
      ...running?.state.urls,
      ...optional('emitter', emitter),
      ...optional('collector', collector),
    },
    ...optional('tokenFile', environment['FARMHAND_TOKEN'] ? undefined : running?.folder.tokenFile),
  };
}

function optional<Name extends string>(
  name: Name,
  text: string | undefined,
): Readonly<Partial<Record<Name, string>>> {
  return (text === undefined ? {} : { [name]: text }) as Readonly<Partial<Record<Name, string>>>;
}

/** A variable of its own for each door wins: doors need not lie side by side. */
function doorFrom(environment: NodeJS.ProcessEnv, door: 'emitter' | 'collector'): string | undefined {
  const own = environment[`FARMHAND_${door.toUpperCase()}_URL`];
  const base = environment['FARMHAND_URL'];
  if (own) return own.replace(/\/+$/, '');
  return base ? `${base.replace(/\/+$/, '')}/${door}` : undefined;
}

/**
 * Uses the farm's Redis: the one in REDIS_URL where it is set, else the private one of that farm on this machine.
 *
 * @throws CommandError
 */
export async function withFarm<T>(farm: string, use: (opened: OpenFarm) => Promise<T>): Promise<T> {
  const opened = openRedisOf(farm);
  try {
    await reach(opened, farm);
    return await use(opened);
  } finally {
    opened.close();
  }
}

/** Commands wait for a Redis that is away, which a service wants and a person does not. */
async function reach({ store }: OpenFarm, farm: string): Promise<void> {
  const late = AbortSignal.timeout(ANSWER_SECONDS * 1000);
  try {
    await untilAborted(store.checkVersion(), late);
  } catch (error) {
    if (!late.aborted) throw error;
    throw new CommandError(`The Redis of farm ${farm} does not answer within ${ANSWER_SECONDS} s.`);
  }
}

function openRedisOf(farm: string): OpenFarm {
  if (process.env['REDIS_URL']) {
    return openFarm({
      env: { ...process.env, FARM: farm },
      secret: (name) => (name === 'redis-password' ? process.env['REDIS_PASSWORD'] : undefined),
      reportDependency: () => undefined,
    });
  }
  const running = findRunningFarm(farm);
  if (running === undefined) throw notRunning(farm);
  return openFarmOf(running.folder, running.state.redis.port);
}
