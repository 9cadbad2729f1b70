import type { Observation } from '../control/observation.ts';
import { pureEngine } from './dense-layer.ts';
import type { DenseLayer, NetworkRun } from './dense-layer.ts';
import { sightOf } from './network-inputs.ts';
import type { NetworkInput, Sight } from './network-inputs.ts';
import { outlookOf } from './outlook.ts';
import type { Outlook, OutlookRules } from './outlook.ts';
import { firstOfCheapestPlan, meanOf } from './plan.ts';
import type { PlanPrices } from './plan.ts';
import { firstOfCheapestQueuePlan } from './queue-plan.ts';
import type { QueuePrices, QueueStart } from './queue-plan.ts';
import { LEAST_LOAD } from './shortage-table.ts';
import { memoryless } from './policy.ts';
import type { Policy } from './policy.ts';

/** A policy that has learned how much safety to plan with: a small network sets it, and a planner keeps to it. */
export interface NetworkModel {
  readonly outlook: OutlookRules;
  /** Those of a plan of expected loads, or of one that follows the work that waits. */
  readonly prices: PlanPrices | QueuePrices;
  readonly stepLimit: number;
  readonly inputs: readonly NetworkInput[];
  /** Two outputs, in √load: what to add to the safety of the coming step, and of those after it. */
  readonly layers: readonly DenseLayer[];
}

export function networkPolicy(name: string, model: NetworkModel, engine = pureEngine): Policy {
  const run = model.layers.length === 0 ? undefined : engine(model.layers);
  return memoryless(name, (observation) => wantedWorkers(observation, model, run));
}

function wantedWorkers(
  observation: Observation,
  model: NetworkModel,
  run: NetworkRun | undefined,
): number | undefined {
  const outlook = outlookOf(observation, model.outlook);
  if (outlook === undefined) return undefined;
  const { prices, stepLimit } = model;
  const [now = 0, later = 0] = run === undefined ? [] : run(inputsOf(model, sightOf(observation, outlook)));
  const { workers, startingWorkers, waitingWorkSeconds } = observation;
  const { stepSeconds, steps } = outlook;
  const start = { workers, startingWorkers, waitingWorkSeconds, stepSeconds, steps, stepLimit };
  const safety = { safetyNow: prices.safetyNow + now, safetyLater: prices.safetyLater + later };
  if (!isOfQueue(prices)) return firstOfCheapestPlan(start, { ...prices, ...safety });
  const queue = queueOf(observation, outlook, model.outlook);
  return firstOfCheapestQueuePlan({ ...start, ...queue }, { ...prices, ...safety });
}

export function isOfQueue(prices: PlanPrices | QueuePrices): prices is QueuePrices {
  return 'patience' in prices;
}

/** Work that takes no time at all would wait nowhere. */
const LEAST_SERVICE_SECONDS = 0.001;

function queueOf(
  observation: Observation,
  outlook: Outlook,
  rules: OutlookRules,
): Pick<QueueStart, 'lostWaiting' | 'serviceSeconds' | 'relativeLoad'> {
  const { lostWaiting, expectedServiceSeconds = rules.usualServiceSeconds } = observation;
  const ahead = meanOf(outlook.loads);
  const meanLoad = ((observation.offeredLoadMean ?? ahead) + ahead) / 2;
  return {
    lostWaiting,
    serviceSeconds: Math.max(LEAST_SERVICE_SECONDS, expectedServiceSeconds),
    relativeLoad: Math.max(LEAST_LOAD, meanLoad) / rules.usualLoad,
  };
}

function inputsOf(model: NetworkModel, sight: Sight): readonly number[] {
  return model.inputs.map(({ low, high, of }) => Math.min(high, Math.max(low, of(sight))));
}
