import type { Observation } from '../control/observation.ts';
import type { ObservationSchema, Quantity } from './observation-schema.ts';

/** What the published environment says where nothing was collected in the last step. */
const ASSUMED_RESPONSE_SECONDS = 1.5;
const ASSUMED_QOS = 1;

/**
 * The nine observations of the published environment, in its order and with its bounds (Li et al.). The first tells how
 * much of the load is still to come, and the fourth how much is done: on a fixed schedule both tell the time. It is the
 * only schema that says 1.5 s and a QoS of 1 where nothing was collected.
 */
export function paperObservation(maxWorkers: number): ObservationSchema {
  return {
    name: 'paper',
    quantities: [
      quantity('phasesLeft', 'phases', 3, 0),
      quantity('waitingTasks', 'tasks', 800, 0),
      quantity('answeredTasks', 'tasks', 10, 0),
      quantity('collectedTasks', 'tasks', 1140, 0),
      quantity('workers', 'workers', maxWorkers, 0),
      quantity('meanResponseSeconds', 's', 150, ASSUMED_RESPONSE_SECONDS),
      quantity('maxResponseSeconds', 's', 160, ASSUMED_RESPONSE_SECONDS),
      quantity('arrivalRatePerSecond', 'tasks/s', 12, 0),
      quantity('qos', 'share', 1, ASSUMED_QOS),
    ],
  };
}

type NumberField = {
  [Field in keyof Observation]-?: Observation[Field] extends number | undefined ? Field : never;
}[keyof Observation];

function quantity(name: NumberField, unit: string, high: number, absent: number): Quantity {
  return { name, unit, low: 0, high, absent, of: (observation) => observation[name] };
}
