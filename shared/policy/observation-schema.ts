import type { Observation } from '../control/observation.ts';
import type { Box, Dimension } from '../control/spaces.ts';

/** A dimension, and where its figure comes from. */
export interface Quantity extends Dimension {
  /** Absent where there was nothing to see. */
  readonly of: (observation: Observation) => number | undefined;
  /** What stands for an absent figure. */
  readonly absent: number;
}

/** Which quantities a policy sees, in the order of its vector. */
export interface ObservationSchema {
  readonly name: string;
  readonly quantities: readonly Quantity[];
}

/** The space that the vectors of a schema lie in. */
export function spaceOf(schema: ObservationSchema): Box {
  return {
    kind: 'box',
    dimensions: schema.quantities.map(({ name, unit, low, high }) => ({ name, unit, low, high })),
  };
}

/** An observation in the order of a schema, held within its bounds. */
export function vectorOf(schema: ObservationSchema, observation: Observation): number[] {
  return schema.quantities.map(({ of, absent, low, high }) =>
    Math.min(high, Math.max(low, of(observation) ?? absent)),
  );
}
