import { checkFarm, openFarm } from '../shared/io/redis/open-farm.ts';
import type { OpenFarm } from '../shared/io/redis/open-farm.ts';
import { ProcessPoolStore } from '../shared/io/redis/process-pool-store.ts';
import { readSettings } from '../shared/io/settings.ts';
import { staffing } from '../shared/policy/staffing.ts';
import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { Autoscaler } from './autoscaler.ts';
import { answerRequest } from './door.ts';
import { ProcessPool } from './process-pool.ts';
import { AUTOSCALER_SETTINGS_SHAPE } from './settings.ts';
import type { AutoscalerSettings } from './settings.ts';
import { keepStepping } from './step-loop.ts';

// POST / takes no parameters and is limited by the minimum interval: cron sends no header, so it needs no token.
export const openPaths = ['POST /'];

let autoscaler: Autoscaler | undefined;

/** Takes a step every STEP_SECONDS until the process is told to stop. */
export async function run(context: FunctionContext, signal: AbortSignal): Promise<void> {
  const settings = readSettings(AUTOSCALER_SETTINGS_SHAPE, context.env);
  const farm = openFarm(context);
  signal.addEventListener('abort', () => {
    farm.close();
  });
  autoscaler = makeAutoscaler(settings, farm);
  await checkFarm(farm.store);
  await keepStepping(autoscaler, { stepSeconds: settings.STEP_SECONDS, log: context.log, signal });
}

export function handle(request: FunctionRequest, context: FunctionContext): Promise<FunctionResponse> {
  return answerRequest(request, autoscaler, context.log);
}

function makeAutoscaler(settings: AutoscalerSettings, farm: OpenFarm): Autoscaler {
  const { STEP_SECONDS: stepSeconds } = settings;
  const safety = settings.STAFFING_SAFETY;
  return new Autoscaler({
    store: farm.store,
    blocking: farm.another(),
    pool: new ProcessPool(new ProcessPoolStore(farm.store)),
    policy: staffing({ safety, backlogShare: settings.STAFFING_BACKLOG_SHARE, stepSeconds }),
    guards: {
      minWorkers: settings.MIN_WORKERS,
      maxWorkers: settings.MAX_WORKERS,
      stepLimit: settings.STEP_LIMIT,
    },
    stepSeconds,
    clock: () => performance.now() / 1000,
  });
}
