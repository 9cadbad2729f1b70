import type { DispatchOrder } from '../shared/farm/dispatch-order.ts';
import type { NetworkRun } from '../shared/policy/dense-layer.ts';
import { InvalidModel } from '../shared/policy/learned-models.ts';
import { learnedPolicy } from '../shared/policy/learned-policy.ts';
import { decodePolicyFile } from '../shared/policy/policy-file.ts';
import type { PolicyFile } from '../shared/policy/policy-file.ts';
import type { Policy } from '../shared/policy/policy.ts';
import { RULE_KINDS } from '../shared/policy/rule-policy.ts';
import type { PolicyEngine } from './engine.ts';
import { versionOf } from './policy-source.ts';
import { BUSY, FLOODED, QUIET } from './trial-observations.ts';

/** A policy that was verified wholly and may decide. */
export interface UsablePolicy {
  readonly name: string;
  readonly kind: string;
  /** Start of the SHA-256 of its file; `rule` where it is none. */
  readonly version: string;
  /** What runs its network: `forward pass`, or TensorFlow.js by its backend; absent where it has none. */
  readonly engine?: string;
  /** Step lengths that it accepts; absent where any will do. */
  readonly stepSeconds?: { readonly least: number; readonly most: number };
  /** Made for a load that is announced, or for one that is not; absent where it makes no difference. */
  readonly announced?: boolean;
  /** The dispatch order that it was made for; absent where it makes no difference. */
  readonly dispatch?: DispatchOrder;
  readonly policy: Policy;
}

export function usableRule(policy: Policy): UsablePolicy {
  return { name: policy.name, kind: 'rule', version: 'rule', policy };
}

/**
 * Verifies the text of a policy file wholly; throws `InvalidModel`, which names the field and the reason.
 *
 * @param engine runs its networks, and is to be disposed of with it
 */
export async function verifiedPolicy(text: string, engine: PolicyEngine): Promise<UsablePolicy> {
  const file = decodePolicyFile(text);
  const isLayersModel = file.kind === 'layers-model';
  const layersModel = isLayersModel ? await engine.loadLayers?.(file.model) : undefined;
  const policy = learnedPolicy(
    file,
    (layers) => finite(engine.run(layers)),
    layersModel && finite(layersModel),
  );
  tryOut(policy);
  const isRule = RULE_KINDS.some((kind) => kind === file.kind);
  return {
    name: file.name,
    kind: file.kind,
    version: versionOf(text),
    ...(isLayersModel || hasLayers(file) ? { engine: engine.name } : {}),
    stepSeconds: file.stepSeconds,
    ...(isRule ? {} : { announced: file.announced, dispatch: file.dispatch }),
    policy,
  };
}

/** A network whose outputs overflow fails, whatever a planner would make of them. */
function finite(run: NetworkRun): NetworkRun {
  return (inputs) => {
    const outputs = run(inputs);
    if (outputs.every(Number.isFinite)) return outputs;
    throw new InvalidModel('model.layers', 'finite outputs', outputs.map(String));
  };
}

function hasLayers({ model }: PolicyFile): boolean {
  const layers: unknown = typeof model === 'object' && model !== null && 'layers' in model && model.layers;
  return Array.isArray(layers) && layers.length > 0;
}

/** Whatever it is asked, a policy must answer with a number, or with none. */
function tryOut(policy: Policy): void {
  for (const seen of [QUIET, BUSY, FLOODED]) {
    const wanted = policy.begin().decide(seen);
    if (wanted === undefined || Number.isFinite(wanted)) continue;
    throw new InvalidModel('model', 'finite outputs', String(wanted));
  }
}
