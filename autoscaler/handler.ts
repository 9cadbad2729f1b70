import { checkFarm, openFarm } from '../shared/io/redis/open-farm.ts';
import type { OpenFarm } from '../shared/io/redis/open-farm.ts';
import { readSettings } from '../shared/io/settings.ts';
import { untilAborted } from '../shared/io/until-aborted.ts';
import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { Autoscaler } from './autoscaler.ts';
import { answerRequest } from './door.ts';
import { AutoscalerMetrics } from './metrics.ts';
import { PolicyShelf } from './policy-shelf.ts';
import { poolOf } from './pool-of.ts';
import { keepSchedule, readSchedule } from './schedule.ts';
import { AUTOSCALER_SETTINGS_SHAPE } from './settings.ts';
import type { AutoscalerSettings } from './settings.ts';

// POST / takes no parameters and is limited by the minimum interval: cron sends no header, so it needs no token.
export const openPaths = ['POST /'];

let autoscaler: Autoscaler | undefined;

/** Takes steps by the schedule until the process is told to stop; then ends the one that is under way. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  const settings = readSettings(AUTOSCALER_SETTINGS_SHAPE, context.env);
  const schedule = readSchedule(settings);
  const farm = openFarm(context);
  const made = makeAutoscaler(settings, farm, context);
  await untilAborted(checkFarm(farm.store), signal);
  // From here on anybody may ask for steps: not of a farm whose keys this version cannot read.
  autoscaler = made;
  try {
    await keepSchedule(schedule, made, { log: context.log, signal });
  } finally {
    await made.idle();
  }
}

export function handle(request: FunctionRequest, context: FunctionContext): Promise<FunctionResponse> {
  return answerRequest(request, autoscaler, context.log);
}

function makeAutoscaler(settings: AutoscalerSettings, farm: OpenFarm, context: FunctionContext): Autoscaler {
  return new Autoscaler({
    store: farm.store,
    blocking: farm.another(),
    pool: poolOf(settings, farm.store, context),
    policies: PolicyShelf.of(settings, context),
    rules: {
      guards: {
        minWorkers: settings.MIN_WORKERS,
        maxWorkers: settings.MAX_WORKERS,
        stepLimit: settings.STEP_LIMIT,
      },
      cooldownSeconds: settings.COOLDOWN_SECONDS,
      isDryRun: settings.DRY_RUN === 'yes',
      stepSeconds: settings.STEP_SECONDS,
    },
    minimumIntervalSeconds: settings.MINIMUM_INTERVAL_SECONDS ?? settings.STEP_SECONDS / 2,
    metrics: new AutoscalerMetrics(context.metrics),
    clock: () => performance.now() / 1000,
  });
}
