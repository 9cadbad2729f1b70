import type { Observation } from '../control/observation.ts';
import { Discretisation } from './discretisation.ts';
import type { CutDimension } from './discretisation.ts';
import { vectorOf } from './observation-schema.ts';
import type { ObservationSchema } from './observation-schema.ts';
import type { Decider, Policy } from './policy.ts';
import { reactive } from './reactive.ts';

/** A learned table: what each action is worth in each cell that was visited. */
export interface SarsaModel {
  readonly cuts: readonly CutDimension[];
  /** Who decides where the learner never was. */
  readonly fallback: 'keep' | 'reactive-average' | 'reactive-maximum';
  /** Cells visited, in increasing order, with one value and one count of visits for each action. */
  readonly cells: readonly SarsaCell[];
}

export interface SarsaCell {
  readonly cell: number;
  readonly values: readonly number[];
  readonly visits: readonly number[];
}

export interface TablePolicyParts {
  readonly name: string;
  readonly schema: ObservationSchema;
  /** Workers that each action adds. */
  readonly deltas: readonly number[];
  readonly model: SarsaModel;
}

/** Decides by a learned table; where nothing was learned the fallback does. */
export function sarsaTable({ name, schema, deltas, model }: TablePolicyParts): Policy {
  const names = schema.quantities.map((quantity) => quantity.name);
  const discretisation = new Discretisation(model.cuts, names);
  const actions = new Map(
    model.cells.map(({ cell, values, visits }) => [cell, bestVisited(values, visits, deltas)] as const),
  );
  const fallback = fallbackOf(model.fallback);
  return {
    name,
    begin: () => {
      const otherwise = fallback?.begin();
      return {
        decide: (observation: Observation) => {
          const action = actions.get(discretisation.cellOf(vectorOf(schema, observation)));
          if (action === undefined) return otherwise?.decide(observation);
          return observation.workers + (deltas[action] ?? 0);
        },
      } satisfies Decider;
    },
  };
}

/**
 * The action of the highest value among those that were tried. Of equal ones the smallest change wins, and of equal
 * changes the one that removes: what is not known to be better never scales up. Undefined where none was tried.
 */
export function bestVisited(
  values: readonly number[],
  visits: readonly number[],
  deltas: readonly number[],
): number | undefined {
  let best: number | undefined;
  for (const [action, value] of values.entries()) {
    if ((visits[action] ?? 0) === 0) continue;
    if (best === undefined || value > (values[best] ?? 0)) best = action;
    else if (value === values[best] && isMilder(deltas[action] ?? 0, deltas[best] ?? 0)) best = action;
  }
  return best;
}

function isMilder(delta: number, than: number): boolean {
  const [size, other] = [Math.abs(delta), Math.abs(than)];
  return size < other || (size === other && delta < than);
}

function fallbackOf(fallback: SarsaModel['fallback']): Policy | undefined {
  switch (fallback) {
    case 'keep':
      return undefined;
    case 'reactive-average':
      return reactive('average');
    case 'reactive-maximum':
      return reactive('maximum');
  }
}
