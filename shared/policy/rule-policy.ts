import { fixed } from './fixed.ts';
import { InvalidModel, recordAt } from './learned-models.ts';
import type { Policy } from './policy.ts';
import { reactive } from './reactive.ts';
import { SHIPPED_STAFFING } from './shipped-staffing.ts';
import { tunedStaffing } from './tuned-staffing.ts';
import type { TunedStaffingConstants } from './tuned-staffing.ts';

/** Kinds of policies that nobody had to train. */
export const RULE_KINDS = ['static', 'staffing', 'reactive-average', 'reactive-maximum'] as const;

export type RuleKind = (typeof RULE_KINDS)[number];

/** Workers that a policy file may ask for at all times. */
const MOST_WORKERS = 10_000;

/** Where the constants of staffing have to lie, bounds included. */
const STAFFING_BOUNDS: Readonly<Record<keyof TunedStaffingConstants, readonly [number, number]>> = {
  floor: [0, MOST_WORKERS],
  margin: [-1, 10],
  safety: [-10, 10],
  backlogShare: [0, 10],
  lowQosWorkers: [0, MOST_WORKERS],
  riseWeight: [0.001, 1],
  fallWeight: [0.001, 1],
  hysteresisWorkers: [0, MOST_WORKERS],
  aheadSeconds: [0, 3600],
};

/** The rule that goes by a name, `static:N` among them; undefined where none does. */
export function ruleByName(name: string): Policy | undefined {
  switch (name) {
    case 'staffing':
      return tunedStaffing(SHIPPED_STAFFING);
    case 'reactive-average':
      return reactive('average');
    case 'reactive-maximum':
      return reactive('maximum');
    default: {
      const [, workers] = /^static:(\d{1,4})$/.exec(name) ?? [];
      return workers === undefined ? undefined : fixed(Number(workers));
    }
  }
}

/** The rule of a policy file, by the file's name; throws `InvalidModel`, which names the field. */
export function rulePolicy(kind: RuleKind, name: string, model: unknown): Policy {
  return { ...ruleOf(kind, model), name };
}

function ruleOf(kind: RuleKind, model: unknown): Policy {
  switch (kind) {
    case 'static':
      return fixed(readWorkers(recordAt('model', model, ['workers'])['workers']));
    case 'staffing':
      return tunedStaffing(readStaffing(model));
    case 'reactive-average':
    case 'reactive-maximum':
      recordAt('model', model, []);
      return reactive(kind === 'reactive-average' ? 'average' : 'maximum');
  }
}

function readWorkers(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_WORKERS)
    return value;
  throw new InvalidModel('model.workers', `a whole number from 0 to ${String(MOST_WORKERS)}`, value);
}

function readStaffing(value: unknown): TunedStaffingConstants {
  const names = Object.keys(STAFFING_BOUNDS) as (keyof TunedStaffingConstants)[];
  const model = recordAt('model', value, names);
  for (const name of names) {
    const [low, high] = STAFFING_BOUNDS[name];
    const given = model[name];
    if (typeof given === 'number' && given >= low && given <= high) continue;
    throw new InvalidModel(`model.${name}`, `a number from ${String(low)} to ${String(high)}`, given);
  }
  return model as unknown as TunedStaffingConstants;
}
