import { HISTORY_INPUTS } from '../../shared/policy/history-inputs.ts';
import type { RandomStream } from '../../shared/workload/random-stream.ts';
import { FORESIGHT_WIDTH } from './foresight.ts';
import { PlainNetwork } from './plain-network.ts';

/** Units of both hidden layers, of a policy and of its judge. */
export interface GradientUnits {
  readonly policyUnits: number;
  readonly judgeUnits: number;
}

/** Numbers that a policy looks at, and its judge. */
export interface GradientWidths {
  readonly policy: number;
  readonly judge: number;
}

/** What decides, and what tells luck from skill. */
export interface GradientNetworks {
  readonly policy: PlainNetwork;
  readonly judge: PlainNetwork;
}

/** The judge sees what the policy sees, and after that what will come. */
export const GRADIENT_WIDTHS: GradientWidths = {
  policy: HISTORY_INPUTS.length,
  judge: HISTORY_INPUTS.length + FORESIGHT_WIDTH,
};

/** A policy that does nothing by its inputs aims at this, in √load: a pool that suits `paper-random`. */
const FIRST_AIM = 1.3;

export function drawGradientNetworks(
  { policyUnits, judgeUnits }: GradientUnits,
  widths: GradientWidths,
  stream: RandomStream,
): GradientNetworks {
  const policy = drawnNetwork([widths.policy, policyUnits, policyUnits, 2], 0.02, stream);
  const judge = drawnNetwork([widths.judge, judgeUnits, judgeUnits, 1], 0.1, stream);
  policy.parameters[policy.parameters.length - 2] = FIRST_AIM;
  return { policy, judge };
}

/** Layers of tanh with a linear end; biases are 0. */
function drawnNetwork(sizes: readonly number[], endSpread: number, stream: RandomStream): PlainNetwork {
  return new PlainNetwork(
    sizes.slice(1).map((outputs, index) => {
      const inputs = sizes[index] ?? 1;
      const isEnd = index === sizes.length - 2;
      const spread = isEnd ? endSpread : 1 / Math.sqrt(inputs);
      return {
        activation: isEnd ? 'linear' : 'tanh',
        weights: Array.from({ length: outputs }, () =>
          Array.from({ length: inputs }, () => spread * stream.normal()),
        ),
        biases: Array.from({ length: outputs }, () => 0),
      };
    }),
  );
}
