import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { reasonOf } from './decision.ts';
import type { Decision } from './decision.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** What this autoscaler decided, for whoever scrapes it. Every figure is of its own last step. */
export class AutoscalerMetrics {
  readonly #decisions: Counter<'reason'>;
  readonly #guards: Counter<'guard'>;
  readonly #decisionSeconds: Histogram;
  readonly #workers: Gauge<'what'>;
  readonly #policy: Gauge<'policy' | 'version' | 'engine'>;
  readonly #refused: Gauge;
  readonly #qos: Gauge;
  readonly #reward: Gauge<'reward'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#decisions = new Counter({
      name: 'farmhand_decisions_total',
      help: 'Steps taken, by their foremost reason; policy where the policy had its way',
      labelNames: ['reason'],
      registers,
    });
    this.#guards = new Counter({
      name: 'farmhand_guards_total',
      help: 'How often each guard kept the pool from what was asked for',
      labelNames: ['guard'],
      registers,
    });
    this.#decisionSeconds = new Histogram({
      name: 'farmhand_decision_seconds',
      help: 'How long a step took, waiting for workers to drain included',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 6],
      registers,
    });
    this.#workers = new Gauge({
      name: 'farmhand_workers',
      help: 'Workers: asked for by the policy, target within the guards, applied to the pool',
      labelNames: ['what'],
      registers,
    });
    this.#policy = new Gauge({
      name: 'farmhand_policy_info',
      help: '1 for the policy that decided, with the version of its file and what ran its network',
      labelNames: ['policy', 'version', 'engine'],
      registers,
    });
    this.#refused = new Gauge({
      name: 'farmhand_policies_refused',
      help: 'Policy files whose content is there and cannot be used',
      registers,
    });
    this.#qos = new Gauge({
      name: 'farmhand_qos',
      help: 'Share of the deadlines of the last step that were met; absent where none was due',
      registers,
    });
    this.#reward = new Gauge({
      name: 'farmhand_reward',
      help: 'What the last step but one was worth, by the reward of farmhand and by the published one',
      labelNames: ['reward'],
      registers,
    });
  }

  record(decision: Decision, policies: PolicyShelf): void {
    const { guards, observation, reward, tookSeconds } = decision;
    this.#decisions.inc({ reason: reasonOf(decision) });
    for (const guard of guards) this.#guards.inc({ guard });
    this.#decisionSeconds.observe(tookSeconds);
    this.#refused.set(policies.refusals().length);
    this.#recordWorkers(decision);
    this.#recordPolicy(decision, policies);
    // A figure of an earlier step is none of this one's.
    this.#qos.remove();
    if (observation?.qos !== undefined) this.#qos.set(observation.qos);
    this.#reward.reset();
    for (const [name, value] of Object.entries(reward ?? {})) this.#reward.set({ reward: name }, value);
  }

  #recordWorkers({ asked, target, workers }: Decision): void {
    this.#workers.reset();
    for (const [what, value] of Object.entries({ asked, target, applied: workers })) {
      if (value !== undefined) this.#workers.set({ what }, value);
    }
  }

  #recordPolicy({ policy, policyVersion: version }: Decision, policies: PolicyShelf): void {
    this.#policy.reset();
    if (policy === undefined || version === undefined) return;
    const engine = policies.usable().find((usable) => usable.version === version)?.engine ?? '';
    this.#policy.set({ policy, version, engine }, 1);
  }
}
