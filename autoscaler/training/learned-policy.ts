import type { DqnSettings } from './dqn-training.ts';
import type { Evaluation } from './evaluation.ts';
import { SELECTION_SEEDS, TRAINING_SEEDS } from './published-setup.ts';
import type { LearningSetup } from './published-setup.ts';
import type { SarsaSettings } from './sarsa-training.ts';
import type { Best, RunPlan } from './training-run.ts';

/** Where a policy comes from, as whoever started the training knows it. */
export interface Origin {
  /** The command that makes it again. */
  readonly command: string;
  /** Of the repository; absent where it is not known. */
  readonly commit?: string;
  /** The provenance of the policy that it set out from; absent where it set out from nothing. */
  readonly startedFrom?: Readonly<Record<string, unknown>>;
}

/** Where a policy comes from, as the first fields of its provenance. */
export function originFields({ command, commit, startedFrom }: Origin): Readonly<Record<string, unknown>> {
  return {
    command,
    ...(commit === undefined ? {} : { commit }),
    ...(startedFrom === undefined ? {} : { startedFrom }),
  };
}

export interface LearnedPolicyParts {
  readonly kind: 'sarsa' | 'dqn';
  readonly setup: LearningSetup;
  readonly settings: SarsaSettings | DqnSettings;
  readonly plan: RunPlan;
  readonly best: Best;
  readonly backend: string;
  readonly origin: Origin;
  readonly durationSeconds: number;
}

/** From which to which multiple of the step that it was trained for a policy may be used. */
const STEP_RANGE = { least: 0.75, most: 1.5 } as const;

/** A learned policy with everything that is needed to run it and to trust it: the content of a policy file. */
export function learnedPolicy(parts: LearnedPolicyParts): Readonly<Record<string, unknown>> {
  const { kind, setup, best, origin } = parts;
  const { stepSeconds } = setup;
  return {
    format: 'farmhand-policy',
    formatVersion: 1,
    kind,
    name: kind,
    stepSeconds: {
      trainedFor: stepSeconds,
      least: STEP_RANGE.least * stepSeconds,
      most: STEP_RANGE.most * stepSeconds,
    },
    observations: setup.schema.quantities.map(({ name, unit, low, high }) => ({ name, unit, low, high })),
    actions: { kind: 'delta', deltas: setup.actionSpace.deltas },
    stepLimit: setup.rules.stepLimit,
    dispatch: setup.rules.dispatch.order,
    announced: setup.rules.announced,
    model: best.model,
    provenance: {
      ...originFields(origin),
      workloads: [setup.workloadName],
      seeds: { learner: parts.settings.seed, training: TRAINING_SEEDS, selection: selectionSeeds(parts) },
      episodes: best.episodes,
      backend: parts.backend,
      durationSeconds: Math.round(parts.durationSeconds),
    },
    scores: [score(setup, parts, best.evaluation)],
  };
}

function selectionSeeds({ plan }: LearnedPolicyParts): { readonly first: number; readonly last: number } {
  return { first: SELECTION_SEEDS.first, last: SELECTION_SEEDS.first + plan.evalEpisodes - 1 };
}

function score(setup: LearningSetup, parts: LearnedPolicyParts, evaluation: Evaluation): unknown {
  const { qosPercent, meanWorkers, scalingActions } = evaluation;
  return {
    workload: setup.workloadName,
    seeds: selectionSeeds(parts),
    qosPercent: Number(qosPercent.toFixed(3)),
    meanWorkers: Number(meanWorkers.toFixed(3)),
    scalingActions: Number(scalingActions.toFixed(3)),
  };
}
